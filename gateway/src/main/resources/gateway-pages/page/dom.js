// Builds elements. Whatever comes from outside becomes text, never markup: completions are not to be trusted.

export const missing = value => value === null || value === undefined;

const SVG = 'http://www.w3.org/2000/svg';

/** el('p', {class: 'muted'}, 'some text', el('b', {}, 'bold')); attributes that are null or false are left out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (!missing(value) && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter(child => !missing(child) && child !== false));
  return element;
}

/** Puts new content in place and keeps the keyboard's place and what was unfolded, by their data-key. */
export function show(root, ...children) {
  const focused = document.activeElement?.dataset?.key;
  const unfolded = new Map([...root.querySelectorAll('details[data-key]')].map(one => [one.dataset.key, one.open]));
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const one of root.querySelectorAll('details[data-key]')) {
    if (unfolded.has(one.dataset.key)) {
      one.open = unfolded.get(one.dataset.key);
    }
  }
  if (focused) {
    [...root.querySelectorAll('[data-key]')].find(one => one.dataset.key === focused)?.focus({preventScroll: true});
  }
}

/** A number as a person reads it. */
export function number(value) {
  if (missing(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1);
  }
  const text = size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 0.1 || size === 0
    ? value.toFixed(2)
    : value.toPrecision(2);
  return text.replace('-', '−');
}

export function percent(value) {
  return missing(value) ? '–' : `${(100 * value).toFixed(0)}\u00a0%`;
}

export function signed(value, format = number) {
  return missing(value) ? '–' : `${value > 0 ? '+' : ''}${format(value)}`;
}

export function duration(seconds) {
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export function when(text) {
  const time = new Date(text);
  return el('time', {datetime: text, title: text},
    time.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'}));
}
