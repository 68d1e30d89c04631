/**
 * What moves in the page of a ladder. Text, because a browser runs it and not this program; it puts words into the page as
 * text only, so that nothing in a capture can become markup.
 */
export const PAGE_SCRIPT = `'use strict';
const packets = JSON.parse(document.getElementById('data').textContent);
const byId = new Map(packets.map((packet) => [String(packet.id), packet]));
const texts = new Map(packets.map((packet) => [String(packet.id), [packet.head, ...packet.lines.flat()].join(' ').toLowerCase()]));
const picture = document.getElementById('picture');
const details = document.getElementById('details');
const filter = document.getElementById('filter');
const count = document.getElementById('count');
const parts = new Map();
for (const part of picture.querySelectorAll('[data-row]')) {
  const id = part.dataset.row;
  if (!parts.has(id)) parts.set(id, []);
  parts.get(id).push(part);
}
let kept;
let near;

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};
const mark = (id, name, on) => {
  for (const part of parts.get(id) ?? []) part.classList.toggle(name, on);
};
const show = (id) => {
  const packet = byId.get(id);
  if (packet === undefined) return;
  const list = document.createElement('dl');
  for (const [name, value] of packet.lines) list.append(element('dt', name), element('dd', value));
  details.replaceChildren(element('h2', packet.head), list);
};
const point = (id) => {
  if (id === near) return;
  mark(near, 'near', false);
  near = id;
  mark(near, 'near', true);
  if (near !== undefined) show(near);
  else if (kept !== undefined) show(kept);
};
const keep = (id) => {
  mark(kept, 'kept', false);
  kept = id === kept ? undefined : id;
  mark(kept, 'kept', true);
  if (kept !== undefined) show(kept);
};
const rowAt = (event) => event.target.closest?.('[data-row]')?.dataset.row;
picture.addEventListener('mouseover', (event) => point(rowAt(event)));
picture.addEventListener('mouseleave', () => point(undefined));
picture.addEventListener('click', (event) => {
  const id = rowAt(event);
  if (id !== undefined) keep(id);
});

let left = packets.map((packet) => String(packet.id));
const apply = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  left = [];
  for (const [id, text] of texts) {
    const fits = words.every((word) => text.includes(word));
    if (fits) left.push(id);
    mark(id, 'hidden', !fits);
  }
  if (words.length > 0) parts.get(left[0])?.[0]?.scrollIntoView({ block: 'center' });
  count.value = words.length === 0 ? packets.length + ' rows' : left.length + ' of ' + packets.length + ' rows';
};
const step = (by) => {
  if (left.length === 0) return;
  const at = left.indexOf(kept);
  const next = left[at < 0 ? (by > 0 ? 0 : left.length - 1) : Math.min(Math.max(at + by, 0), left.length - 1)];
  if (next === kept) return;
  keep(next);
  parts.get(next)?.[0]?.scrollIntoView({ block: 'center' });
};
filter.addEventListener('input', apply);
document.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    step(event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Escape') {
    filter.value = '';
    apply();
  }
});
apply();`;
