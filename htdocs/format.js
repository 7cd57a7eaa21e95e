// SPDX-License-Identifier: Apache-2.0
/** Numbers, plurals and times in the language of the page: see language.js. */

let numbers;
let plurals;
let times;

/** @param locale  such as 'de-AT' */
export function setLocale(locale) {
  const time = (options) => new Intl.DateTimeFormat(locale, {...options, ...(options.hour || options.timeStyle ? {hourCycle: 'h23'} : {})});
  const hours = {hour: '2-digit', minute: '2-digit'};
  numbers = new Intl.NumberFormat(locale);
  plurals = new Intl.PluralRules(locale);
  times = {
    hours: time(hours),
    clock: time({...hours, second: '2-digit'}),
    dayAndHours: time({...hours, day: 'numeric', month: 'short'}),
    dayAndClock: time({dateStyle: 'medium', timeStyle: 'medium'}),
  };
}

export const number = (value) => numbers.format(value);

/** With this number of decimals. */
export const decimal = (value, digits) => value.toLocaleString(numbers.resolvedOptions().locale,
  {minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false});

/**
 * A number with its noun. `more` has the nouns of the other categories of Intl.PluralRules that the language has, such
 * as {many} of Spanish.
 */
export const count = (value, one, other, more = {}) => `${number(value)} ${{one, other, ...more}[plurals.select(value)] ?? other}`;

/** The hours and minutes of a time, and the day, if it is not today. */
export const moment = (time) => (isToday(time) ? times.hours : times.dayAndHours).format(time);

/** The time with seconds. */
export const clock = (time) => times.clock.format(time);

/** The time with seconds, and the day, if it is not today. */
export const exactly = (time) => (isToday(time) ? times.clock : times.dayAndClock).format(time);

export const dayAndClock = (time) => times.dayAndClock.format(time);

const isToday = (time) => time.toDateString() === new Date().toDateString();

setLocale('en-GB');
