// Which words of a text are new, and which are gone.

/** More cells than these are not compared: the texts are then shown as wholly different. */
const MOST_CELLS = 4_000_000;

/** [{kind: 'same' | 'gone' | 'new', text}], neighbours of a kind joined. */
export function wordDiff(before, after) {
  const [a, b] = [split(before), split(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) {
    end++;
  }
  const parts = [];
  const add = (kind, text) => {
    if (parts.at(-1)?.kind === kind) {
      parts.at(-1).text += text;
    } else {
      parts.push({kind, text});
    }
  };
  a.slice(0, start).forEach(word => add('same', word));
  middle(a.slice(start, a.length - end), b.slice(start, b.length - end), add);
  a.slice(a.length - end).forEach(word => add('same', word));
  return parts;
}

/** Words, and what is between them. */
function split(text) {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** The longest common subsequence, from a table of the lengths of what is left. */
function middle(a, b, add) {
  const width = b.length + 1;
  if ((a.length + 1) * width > MOST_CELLS) {
    a.forEach(word => add('gone', word));
    b.forEach(word => add('new', word));
    return;
  }
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      add('same', a[i]);
      i++;
      j++;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      add('gone', a[i++]);
    } else {
      add('new', b[j++]);
    }
  }
  a.slice(i).forEach(word => add('gone', word));
  b.slice(j).forEach(word => add('new', word));
}
