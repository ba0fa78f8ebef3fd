// The public API, with the token of this tab.

import {missing} from './dom.js';

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
  }
}

export async function get(path, query = {}, signal) {
  const answer = await send(path, query, {accept: 'application/json'}, signal);
  return answer.json();
}

/** Calls onEvent for each server-sent event until the stream ends or is broken off. */
export async function listen(path, after, onEvent, signal) {
  const answer = await send(path, {after}, {accept: 'text/event-stream'}, signal);
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

async function send(path, query, headers, signal) {
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
      headers: {...headers, authorization: `Bearer ${sessionStorage.getItem(KEY)}`},
      signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem(0, {detail: 'The platform does not answer. Trying again.'});
  }
  if (!answer.ok) {
    throw new Problem(answer.status, await answer.json().catch(() => ({})));
  }
  return answer;
}
