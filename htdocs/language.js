// SPDX-License-Identifier: Apache-2.0
/** Which language is spoken: that of the user, if there are its texts, otherwise English. */
import {setLocale} from './format.js';
import {strings} from './strings.js';

// The texts are loaded only when they are needed. English ones are in strings.js; they
// stand where another language lacks one.
const TEXTS = {
  de: () => import('./strings.de.js'),
  en: null,
  es: () => import('./strings.es.js'),
};
// The times of en-US have no 24 hours.
const LOCALES = {en: 'en-GB'};

export const languages = Object.keys(TEXTS);

const primary = (tag) => tag.toLowerCase().split('-')[0];

/**
 * The first of these that has texts, as {language, locale}, such as {language: 'de', locale: 'de-AT'}.
 *
 * @param tags  languages as navigator.languages has them; others may be empty
 */
export function choose(tags) {
  const tag = tags.filter(Boolean).find((each) => languages.includes(primary(each))) ?? 'en';
  const language = primary(tag);
  return {language, locale: LOCALES[language] ?? canonical(tag) ?? language};
}

function canonical(tag) {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return null;
  }
}

/** Loads the texts of a language in advance, which is then probably spoken. */
export const prepare = ({language}) => { TEXTS[language]?.().catch(() => {}); };

/** Copies the texts into those of the same names: modules keep parts of `strings`. */
export function overlay(onto, texts) {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text === 'object' && !Array.isArray(text)) overlay(onto[name] ??= {}, text);
    else onto[name] = text;
  }
}

/**
 * From now on `strings` has the texts of this language. Without them, because they cannot be loaded, it stays English.
 *
 * @returns the language that is spoken
 */
export async function speak({language, locale}) {
  try {
    const texts = await TEXTS[language]?.();
    if (texts) overlay(strings, texts.strings);
    setLocale(locale);
    return language;
  } catch (error) {
    console.warn(`There are no texts in the language “${language}”.`, error);
    return 'en';
  }
}
