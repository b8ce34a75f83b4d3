/** The worker that runs TypeScript: the program runs also where its types are wrong, which is shown first. */
import { bootModules } from './module-worker';
import { TypeChecker } from './type-checker';

/** The asset with the declarations. */
const TYPES = 'typescript-types.json';

bootModules('.ts', ({ files }) => {
  const types = files[TYPES];
  if (types === undefined) {
    throw new Error('The declarations of TypeScript are missing');
  }
  const checker = new TypeChecker(
    JSON.parse(new TextDecoder().decode(types)) as Record<string, string>
  );
  return {
    begin: source => checker.begin(source),
    translate: (text, file) => checker.translate(text, file),
    report: () => checker.report()
  };
});
