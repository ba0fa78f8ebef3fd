// Numbers, times and sizes as people read them. What is missing is a dash, never a zero.

export const missing = value => value === null || value === undefined || Number.isNaN(value);

export const DASH = '–';

export function number(value) {
  if (missing(value)) {
    return DASH;
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value.toExponential(1).replaceAll('-', '−');
  }
  const text = size >= 1000 ? value.toLocaleString('en', {maximumFractionDigits: 0})
    : size >= 100 ? value.toFixed(0)
      : size >= 10 ? value.toFixed(1)
        : size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
  return text.replace('-', '−');
}

/** A whole number of things. */
export function count(value) {
  return missing(value) ? DASH : value.toLocaleString('en', {maximumFractionDigits: 0});
}

/** "1 step", "2,000 steps". */
export function counted(value, word) {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

export function percent(value) {
  return missing(value) ? DASH : `${(100 * value).toFixed(0)}\u00a0%`;
}

/** The change of a share. */
export function points(value) {
  return missing(value) ? DASH : `${(100 * value).toFixed(0).replace('-', '−')} points`;
}

export function signed(value, format = number) {
  return missing(value) ? DASH : `${value > 0 ? '+' : ''}${format(value)}`;
}

export function duration(seconds) {
  if (missing(seconds)) {
    return DASH;
  }
  if (seconds < 1) {
    return `${Math.round(1000 * seconds)} ms`;
  }
  if (seconds < 90) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  if (seconds < 5400) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

export function milliseconds(value) {
  return missing(value) ? DASH : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function bytes(value) {
  if (missing(value)) {
    return DASH;
  }
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), 4);
  const size = value / 1000 ** power;
  return `${power === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${UNITS[power]}`;
}

export function secondsSince(text, until) {
  return ((until ? new Date(until) : new Date()) - new Date(text)) / 1000;
}

/** "truncated-high" and "truncatedRate" become "truncated high" and "truncated rate". */
export function words(name) {
  return name.replace(/([A-Z])/g, ' $1').replace(/[-_]/g, ' ').toLowerCase();
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
