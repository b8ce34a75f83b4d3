/** The worker that runs JavaScript. */
import { bootModules } from './module-worker';

bootModules('.js', code => ({ code, place: at => at }));
