// What views have in common: loading now and again, tabs that nobody looks at, and what went wrong.

import {useEffect, useRef, useState} from './lib.js';

/** Where views tell what went wrong; the shell shows it. tell(null) takes it back. */
let teller = () => {};

export const tellTo = show => {
  teller = show;
};

export function tell(problem) {
  teller(problem === null ? null
    : problem.message + (problem.requestId ? ` (request ${problem.requestId})` : ''));
}

/** Loads, and again after the pause that follows(value) gives in milliseconds; null: never again. */
export function useLive(load, key, follows = () => null) {
  const [state, setState] = useState({});
  const again = useRef(() => {});
  useEffect(() => {
    const leave = new AbortController();
    setState({});
    (async () => {
      while (!leave.signal.aborted) {
        let pause = 2000;
        try {
          const value = await load(leave.signal);
          if (leave.signal.aborted) {
            return;
          }
          setState({value});
          tell(null);
          pause = follows(value);
        } catch (error) {
          if (leave.signal.aborted || error.status === 401) {
            return;
          }
          tell(error);
          setState(before => ({value: before.value, problem: error}));
          if (error.status >= 400 && error.status < 500) {
            pause = null;
          }
        }
        await until(pause, leave.signal, wake => {
          again.current = wake;
        });
      }
    })();
    return () => leave.abort();
  }, [key]);
  return {...state, reload: () => again.current()};
}

/** Waits so long, at least as long as the tab is hidden, or until woken or left; null: until then only. */
export function until(milliseconds, signal, wakeable = () => {}) {
  return new Promise(resolve => {
    let timer;
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const look = () => {
      if (document.hidden) {
        timer = setTimeout(look, 1000);
      } else {
        done();
      }
    };
    wakeable(done);
    signal.addEventListener('abort', done, {once: true});
    if (milliseconds !== null) {
      timer = setTimeout(look, milliseconds);
    }
  });
}

/** The time, once a second, for what counts up. */
export function useNow(ticking) {
  const [, setNow] = useState(0);
  useEffect(() => {
    if (!ticking) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
}

/** A choice that this browser remembers. */
export function useRemembered(name, first) {
  const key = `tribunal.${name}`;
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? first);
  return [value, chosen => {
    localStorage.setItem(key, chosen);
    setValue(chosen);
  }];
}
