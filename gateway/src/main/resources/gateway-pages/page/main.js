// Which view the address names, and what surrounds every view: the token, and what went wrong.

import {adoptTokenFromAddress, forgetToken, hasToken, keepToken} from './api.js';
import {el, show} from './dom.js';
import {episodesView} from './episodes.js';
import {runView} from './run.js';
import {runsView} from './runs.js';

const content = document.getElementById('content');
const notice = document.getElementById('notice');
const forget = document.getElementById('forget');
let leave = new AbortController();

function open() {
  leave.abort();
  leave = new AbortController();
  notice.hidden = true;
  forget.hidden = !hasToken();
  if (!hasToken()) {
    askForToken();
    return;
  }
  const [route, query] = location.hash.slice(1).split('?');
  const [, first, id, part] = route.split('/').map(decodeURIComponent);
  const view = first !== 'runs' || !id ? runsView() : part === 'episodes'
    ? episodesView(id, new URLSearchParams(query))
    : runView(id);
  show(content, el('p', {class: 'muted'}, 'Loading…'));
  keepUpToDate(view, leave.signal);
}

/** A view loads and shows itself again and again, as often as it says, while somebody looks. */
async function keepUpToDate(view, signal) {
  while (!signal.aborted) {
    let pause = 5000;
    try {
      pause = await view(content, signal);
      if (!signal.aborted) {
        notice.hidden = true;
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error.status === 401) {
        forgetToken();
        open();
        tell('The platform does not know this token.');
        return;
      }
      console.warn(error);
      tell(error.message + (error.requestId ? ` (request ${error.requestId})` : ''));
      if (error.status === 404) {
        show(content, el('p', {class: 'empty'}, 'There is no such run. ', el('a', {href: '#/'}, 'All runs')));
        return;
      }
    }
    if (pause === null) {
      return;
    }
    await sleep(pause, signal);
    while (document.hidden && !signal.aborted) {
      await sleep(1000, signal);
    }
  }
}

function sleep(milliseconds, signal) {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', resolve, {once: true});
  });
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = false;
}

function askForToken() {
  const input = el('input', {
    id: 'token', type: 'password', autocomplete: 'current-password', required: true, minlength: 16, spellcheck: 'false',
  });
  show(content, el('form', {
    class: 'token',
    submit: event => {
      event.preventDefault();
      keepToken(input.value);
      open();
    },
  },
  el('h1', {}, 'The platform’s token'),
  el('label', {for: 'token'}, 'Bearer token'),
  input,
  el('p', {class: 'muted'}, 'It was printed when the platform was started. This tab keeps it until it is closed.'),
  el('button', {type: 'submit', class: 'primary'}, 'Show the runs')));
  input.focus();
}

forget.addEventListener('click', () => {
  forgetToken();
  open();
});
window.addEventListener('hashchange', () => {
  if (location.hash === '#content') {
    return; // the skip link
  }
  adoptTokenFromAddress();
  open();
  window.scrollTo(0, 0);
});
adoptTokenFromAddress();
open();
