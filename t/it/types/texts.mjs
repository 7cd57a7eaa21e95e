// Prints what the texts of a language lack, or have too much, compared with the
// English ones, one line each; nothing if they agree.
//
//     node texts.mjs HTDOCS LANGUAGE
const [, , htdocs, language] = process.argv;
const {strings: english} = await import(`${htdocs}/strings.js`);
const {strings: other} = await import(`${htdocs}/strings.${language}.js`);

// These have no words, are made of other texts, or are for the console of the browser.
const NEUTRAL = ['number', 'titleOf', 'since', 'state', 'plainState', 'loadError', 'config', 'tilesRefused', 'wall.time', 'wall.choice',
  'details.size', 'details.heading', 'details.at'];
const problems = [];

// The names of the parameters that a function uses.
function used(text) {
  const source = text.toString();
  const head = /^[\w$]*\s*\(?((?:\{[^}]*\}|[^(){}])*?)\)?\s*(?:=>|\{)/.exec(source);
  const body = source.slice(head[0].length);
  return (head[1].match(/[A-Za-z_]\w*/g) ?? []).filter((name) => new RegExp(`\\b${name}\\b`).test(body)).sort().join(' ');
}

const kindOf = (text) => (Array.isArray(text) ? 'list' : typeof text);

function compare(wanted, found, path) {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const at = path + name;
    const [a, b] = [wanted[name], found[name]];
    if (NEUTRAL.includes(at)) continue;
    if (b === undefined) problems.push(`${at} is missing`);
    else if (a === undefined) problems.push(`${at} is no text of the page`);
    else if (kindOf(a) !== kindOf(b)) problems.push(`${at} is a ${kindOf(b)}, but in English a ${kindOf(a)}`);
    else if (kindOf(a) === 'object') compare(a, b, `${at}.`);
    else if (kindOf(a) === 'list' && a.length !== b.length) problems.push(`${at} has ${b.length} rows, but in English ${a.length}`);
    else if (kindOf(a) === 'function' && used(a) !== used(b)) {
      problems.push(`${at} uses (${used(b)}), but in English (${used(a)})`);
    } else if (kindOf(b) === 'string' && !b.trim()) problems.push(`${at} is empty`);
  }
}

compare(english, other, '');
for (const each of problems) console.log(`htdocs/strings.${language}.js: ${each}`);
