/**
 * The names by which participants are shown. The rules are those of
 * `arena_ext/session/display_names.py`; this is for rooms that a browser hosts.
 */
import { LIMITS } from '../protocol/wire';

/** Characters that look like nothing; `DI` is Unicode's Default_Ignorable_Code_Point. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{DI}\u2800]/gu;

/** `name` without invisible characters and surplus spaces, cut to the limit; may be empty. */
export function cleanName(name: string): string {
  return Array.from(visible(name.normalize('NFC')))
    .slice(0, LIMITS.name)
    .join('')
    .trim();
}

/** `name`, with a number behind it where a name that looks the same is taken. */
export function distinctName(name: string, taken: readonly string[]): string {
  const others = new Set(taken.map(skeleton));
  let distinct = name;
  for (let number = 2; others.has(skeleton(distinct)); number++) distinct = `${name} (${number})`;
  return distinct;
}

function visible(name: string): string {
  return name.replace(/\s+/gu, ' ').replace(INVISIBLE, '').replace(/ +/g, ' ').trim();
}

/** Equal for names that differ only in case, width, style or invisible characters. */
function skeleton(name: string): string {
  return visible(name.normalize('NFKC').toLowerCase().normalize('NFKC'));
}
