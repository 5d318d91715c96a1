/**
 * Dates without a clock or a time zone of the machine: all members must read the same rule alike.
 * Days are counted from 1970-01-01, in the proleptic Gregorian calendar.
 */

const DAY_SECONDS = 86_400;

/** What `date_spec` can ask for; weeks and weekdays after ISO 8601 (Monday is 1). */
export type CalendarFields = {
  readonly years: number;
  readonly months: number;
  readonly monthdays: number;
  readonly yeardays: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly weekyears: number;
  readonly weeks: number;
  readonly weekdays: number;
};

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

/** Days of `month` (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The day number of 1 January. */
function startOfYear(year: number): number {
  const before = year - 1;
  const leaps = (n: number): number =>
    Math.floor(n / 4) - Math.floor(n / 100) + Math.floor(n / 400);
  return (year - 1970) * 365 + leaps(before) - leaps(1969);
}

/** The day number of a date; `day` may lie beyond the month's end, and counts on from there. */
export function dayNumber(year: number, month: number, day: number): number {
  let days = startOfYear(year) + day - 1;
  for (let each = 1; each < month; each += 1) days += daysInMonth(year, each);
  return days;
}

export function dayOfYear(year: number, ordinal: number): number {
  return startOfYear(year) + ordinal - 1;
}

/** The Monday that begins ISO week 1 of `year`: the week with 4 January in it. */
function startOfWeekYear(year: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - (weekdayOf(fourth) - 1);
}

export function dayOfWeek(year: number, week: number, weekday: number): number {
  return startOfWeekYear(year) + (week - 1) * 7 + weekday - 1;
}

/** 1 for Monday to 7; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The fields of a moment, given in seconds since 1970 of the zone that is meant. */
export function fieldsOf(localSeconds: number): CalendarFields {
  const day = Math.floor(localSeconds / DAY_SECONDS);
  const second = Math.floor(localSeconds) - day * DAY_SECONDS;
  let year = 1970 + Math.floor(day / 365.2425);
  while (startOfYear(year) > day) year -= 1;
  while (startOfYear(year + 1) <= day) year += 1;
  const ordinal = day - startOfYear(year) + 1;
  let month = 1;
  let monthday = ordinal;
  while (monthday > daysInMonth(year, month)) {
    monthday -= daysInMonth(year, month);
    month += 1;
  }
  let weekyear = year + 1;
  while (startOfWeekYear(weekyear) > day) weekyear -= 1;
  return {
    years: year,
    months: month,
    monthdays: monthday,
    yeardays: ordinal,
    hours: Math.floor(second / 3600),
    minutes: Math.floor(second / 60) % 60,
    seconds: second % 60,
    weekyears: weekyear,
    weeks: Math.floor((day - startOfWeekYear(weekyear)) / 7) + 1,
    weekdays: weekdayOf(day),
  };
}

const ZONE = String.raw`(?:\s*(Z|[+-]\d{2}(?::?\d{2})?))?`;
const TIME = String.raw`(?:[T ]\s*(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?${ZONE})?`;
const DATES: readonly (readonly [RegExp, (parts: readonly number[]) => number | undefined])[] = [
  [
    new RegExp(`^(\\d{4})-?W(\\d{2})-?(\\d)${TIME}$`),
    ([y = 0, w = 0, d = 0]) => dayOfWeek(y, w, d),
  ],
  [
    new RegExp(`^(\\d{4})-?(\\d{2})-?(\\d{2})${TIME}$`),
    ([y = 0, m = 0, d = 0]) =>
      m >= 1 && m <= 12 && d >= 1 && d <= daysInMonth(y, m) ? dayNumber(y, m, d) : undefined,
  ],
  [
    new RegExp(`^(\\d{4})-?(\\d{3})()${TIME}$`),
    ([y = 0, ordinal = 0]) =>
      ordinal >= 1 && ordinal <= daysInYear(y) ? dayOfYear(y, ordinal) : undefined,
  ],
];

/**
 * A date as rules write it (A1.11.3), in seconds since 1970; without a zone it is local, and
 * `offsetSeconds` (east of Greenwich) says what that is. Undefined where it is no date.
 */
export function parseDate(text: string, offsetSeconds: number): number | undefined {
  for (const [pattern, dayFrom] of DATES) {
    const match = pattern.exec(text.trim());
    if (match === null) continue;
    const day = dayFrom(match.slice(1, 4).map(Number));
    const [hours = 0, minutes = 0, seconds = 0] = match
      .slice(4, 7)
      .map((part) => Number(part || 0));
    if (day === undefined || hours > 24 || minutes > 59 || seconds > 60) return undefined;
    const local = day * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds;
    return local - (zoneSeconds(match[7]) ?? offsetSeconds);
  }
  return undefined;
}

function zoneSeconds(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? '0') * 60;
  return match[1] === '-' ? -seconds : seconds;
}

export type DurationParts = Partial<
  Readonly<Record<'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds', number>>
>;

/**
 * `localSeconds` and a length of time later. Years keep the day of the year, months the day of the
 * month, cut to the month's length: as the reference adds them (A1.11.3).
 */
export function addParts(localSeconds: number, parts: DurationParts): number {
  const start = fieldsOf(localSeconds);
  const ofDay = localSeconds - Math.floor(localSeconds / DAY_SECONDS) * DAY_SECONDS;
  const year = start.years + (parts.years ?? 0);
  let day = dayOfYear(year, start.yeardays);
  if (parts.months !== undefined && parts.months !== 0) {
    const at = fieldsOf(day * DAY_SECONDS);
    const months = at.years * 12 + at.months - 1 + parts.months;
    const [inYear, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
    day = dayNumber(inYear, month, Math.min(at.monthdays, daysInMonth(inYear, month)));
  }
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parts;
  return (day + weeks * 7 + days) * DAY_SECONDS + ofDay + hours * 3600 + minutes * 60 + seconds;
}
