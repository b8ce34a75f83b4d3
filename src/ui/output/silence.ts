/** Why a run printed nothing, as far as its program tells. */
import type { Run } from '../../protocol/wire';

/** Names of definitions that are listed. */
const LISTED = 3;

/** A sentence on a run that ended without output. */
export function silence({ language, code }: Pick<Run, 'language' | 'code'>): string {
  const names = language === 'python' ? onlyDefines(code) : [];
  if (names.length === 0) {
    return 'This run printed nothing.';
  }
  const listed = names.slice(0, LISTED);
  const more = names.length > LISTED ? ['more'] : [];
  const last = [...listed, ...more].at(-1) ?? '';
  const before = [...listed, ...more].slice(0, -1).join(', ');
  const all = before === '' ? last : `${before} and ${last}`;
  return `Nothing was printed: the program only defines ${all}, and calls nothing.`;
}

/** The names that a Python program defines, if it does nothing else. */
function onlyDefines(code: string): string[] {
  const names: string[] = [];
  for (const line of code.replace(/("""|''')[^]*?\1/g, '').split('\n')) {
    const [, name] = /^(?:async\s+)?(?:def|class)\s+(\w+)/.exec(line) ?? [];
    if (name !== undefined) {
      names.push(name);
    } else if (!/^(?:\s|#|@|$|[)\]}]|(?:import|from)\s|\w+\s*(?::[^=]*)?=[^=(]*$)/.test(line)) {
      return [];
    }
  }
  return names;
}
