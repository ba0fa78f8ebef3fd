// The public API, with the token of this tab.

import {missing} from './format.js';

const KEY = 'tribunal.token';

/** A token in the address, #token=..., is kept for this tab and taken out of the address. */
export function adoptTokenFromAddress() {
  const match = /^#token=(.+)$/.exec(location.hash);
  if (match) {
    keepToken(decodeURIComponent(match[1]));
    history.replaceState(null, '', '/#/');
  }
}

export const hasToken = () => sessionStorage.getItem(KEY) !== null;
export const keepToken = token => sessionStorage.setItem(KEY, token.trim());
export const forgetToken = () => sessionStorage.removeItem(KEY);

/** What the API answered instead; status 0 if nothing did. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? `The platform answered ${status}.`);
    this.status = status;
    this.code = body.code;
    this.requestId = body.requestId;
    /** The mistakes of what was sent: [{pointer, detail}]. */
    this.errors = body.errors ?? [];
  }
}

export const runPath = id => `/v1/runs/${encodeURIComponent(id)}`;

export async function get(path, query = {}, signal) {
  const answer = await send(path, {query, signal});
  return answer.json();
}

export async function post(path, {method = 'POST', query, body, type, headers} = {}) {
  const answer = await send(path, {
    method, query, body, headers: {...headers, ...type && {'content-type': type}},
  });
  return answer.status === 204 ? null : answer.json();
}

/** All rows of a paged list, up to a limit. */
export async function all(path, query, limit, signal) {
  const rows = [];
  let cursor;
  do {
    const page = await get(path, {...query, limit: Math.min(limit - rows.length, 200), cursor}, signal);
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor && rows.length < limit);
  return rows;
}

/** Gives the bytes of an answer to the browser as a file; progress(bytes so far) while they come. */
export async function download(path, name, progress, signal) {
  const answer = await send(path, {headers: {accept: '*/*'}, signal});
  const parts = [];
  let bytes = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    bytes += part.value.length;
    progress?.(bytes);
  }
  save(new Blob(parts), name);
}

/** Gives the browser a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Calls onOpen once, and onEvent for each server-sent event, until the stream ends or is broken off. */
export async function listen(path, after, onOpen, onEvent, signal) {
  const answer = await send(path, {query: {after}, headers: {accept: 'text/event-stream'}, signal});
  onOpen();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (rest + part.value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split('\n').filter(line => line.startsWith('data:')).map(line => line.slice(5)).join('\n');
      if (data) {
        onEvent(JSON.parse(data));
      }
    }
  }
}

async function send(path, {method = 'GET', query = {}, headers = {}, body, signal}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (!missing(one) && one !== '') {
        search.append(name, one);
      }
    }
  }
  let answer;
  try {
    answer = await fetch(`${path}${search.size ? `?${search}` : ''}`, {
      method,
      headers: {accept: 'application/json', ...headers, authorization: `Bearer ${sessionStorage.getItem(KEY)}`},
      body,
      signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem(0, {detail: 'The platform does not answer. Trying again.'});
  }
  if (!answer.ok) {
    const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
    if (answer.status === 401) {
      window.dispatchEvent(new CustomEvent('tribunal:unauthenticated'));
    }
    throw problem;
  }
  return answer;
}
