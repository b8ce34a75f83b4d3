/** The history of time zones, as the browser knows it: Python has none of its own here. */

/** From this time on, seconds, offset, whether it is summer time, and the abbreviation. */
type Period = [start: number, offset: number, isSummer: boolean, abbreviation: string];

/** The years that are searched, and the distance of the samples, seconds: no period is shorter. */
const FROM = Date.UTC(1900) / 1000;
const TO = Date.UTC(2100) / 1000;
const STEP = 20 * 24 * 3600;

/** Languages in which zones have their abbreviations; in all others they are `GMT+1`. */
const LANGUAGES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'];

/** The periods of a time zone in order, the first from the beginning; null where there is no such. */
export function periodsOf(zone: string): Period[] | null {
  let offsetAt: (time: number) => number;
  let periodAt: (time: number) => Period;
  try {
    offsetAt = offsets(zone);
    periodAt = describe(zone, offsetAt);
  } catch {
    return null;
  }
  const periods = [periodAt(FROM)];
  let offset = offsetAt(FROM);
  for (let time = FROM + STEP; time < TO; time += STEP) {
    const next = offsetAt(time);
    if (next !== offset) {
      let [before, after] = [time - STEP, time];
      while (after - before > 1) {
        const middle = Math.floor((before + after) / 2);
        if (offsetAt(middle) === offset) {
          before = middle;
        } else {
          after = middle;
        }
      }
      periods.push(periodAt(after));
      offset = next;
    }
  }
  return periods;
}

/** A function that tells the offset from UTC at a time, both in seconds. */
function offsets(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  });
  return time => {
    const text = format.format(time * 1000);
    const [month = 1, day, year = 0, hour, minute, second] = (text.match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - time;
  };
}

function describe(timeZone: string, offsetAt: (time: number) => number): (time: number) => Period {
  const named = (language: string, timeZoneName: 'short' | 'long'): ((time: number) => string) => {
    const format = new Intl.DateTimeFormat(language, { timeZone, timeZoneName });
    return time =>
      format.formatToParts(time * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  };
  const long = named('en-US', 'long');
  const short = LANGUAGES.map(language => named(language, 'short'));
  return time => {
    const offset = offsetAt(time);
    const abbreviations = short.map(name => name(time));
    const usual = abbreviations.find(name => /^[A-Z]{3,5}$/.test(name));
    return [time, offset, /Daylight|Summer/.test(long(time)), usual ?? numeric(offset)];
  };
}

/** An offset as the time zone database writes it where there is no usual name: `+0530`. */
function numeric(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = minutes % 60;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest > 0 ? two(rest) : ''}`;
}
