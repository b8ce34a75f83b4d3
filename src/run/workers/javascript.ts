/** The worker that runs JavaScript. */
import { bootModules } from './module-worker';

bootModules('main.js', code => ({ code, place: at => at }));
