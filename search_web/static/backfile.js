// The page works without this; see "The pages" in docs/architecture.md.
const by = (id) => document.getElementById(id), all = (selector) => document.querySelectorAll(selector);
const field = by("q"), form = field.form;
// English, or what the page brings.
const texts = JSON.parse(document.body.dataset.texts ?? "{}"), say = (text) => texts[text] ?? text;
const topOf = (node) => node.getBoundingClientRect().top;
const params = (address) => new URL(address, location).searchParams, wordsOf = (address) => params(address).get("q") || "";
const path = (url) => url.pathname + url.search;
const changed = (event) => event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229;

addEventListener("keydown", (event) => {
  if (event.key !== "/" || changed(event) || event.target.closest("input, select")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Errors of pictures do not bubble; one that failed before has no size.
const failed = ({ classList }) => classList?.add("failed");
addEventListener("error", (event) => failed(event.target), true);
all(".plate img").forEach((image) => { if (image.complete && !image.naturalWidth) failed(image); });

const set = (node, given) => { for (const name in given) node.setAttribute(name, given[name]); };
function element(name, given, ...inside) {
  const made = document.createElement(name);
  set(made, given);
  made.append(...inside);
  return made;
}

// One tree is made like another; elements of both stay: an item by what it names, all else by its place.

const called = (node, selector) => node.querySelector(selector)?.textContent.trim();
function nameOf(node) {
  if (!node.localName) return node.nodeType;
  if (node.id) return "#" + node.id;
  const given = (name) => node.getAttribute(name);
  return node.localName + " " + (node.localName === "li"
    ? node.querySelector("h3 a")?.getAttribute("href") || called(node, "bdi, .value-label, .chip-label") || node.textContent.trim()
    : given("aria-label") || given("aria-labelledby") || given("name"));
}

function attributesLike(old, fresh) {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
}

function makeLike(old, fresh) {
  if (old === form || old.isEqualNode(fresh)) return; // the field is the reader's
  if (!old.localName) return void (old.data = fresh.data);
  if (old.localName !== "img" || old.getAttribute("src") !== fresh.getAttribute("src")) attributesLike(old, fresh); // it may have failed
  const known = {};
  for (const child of old.childNodes) (known[nameOf(child)] ??= []).push(child);
  const wanted = [...fresh.childNodes].map((child) => [known[nameOf(child)]?.shift(), child]);
  Object.values(known).flat().forEach((child) => child.remove());
  let at = old.firstChild;
  for (const [kept, child] of wanted) {
    if (kept?.contains(document.activeElement)) { // what has the focus would lose it where it is moved
      while (at !== kept) {
        const next = at.nextSibling;
        old.append(at);
        at = next;
      }
    }
    if (kept && kept === at) at = at.nextSibling;
    else old.insertBefore(kept || document.importNode(child, true), at);
    if (kept) makeLike(kept, child);
  }
}

// What a reader ticked, drew, wrote (`written`) becomes what the page says.
function asSaid(written) {
  ticked = here;
  all("#desk input[name]").forEach((input) => {
    input.checked = input.defaultChecked;
    if (written && input !== document.activeElement) input.value = input.defaultValue;
  });
  dispatchEvent(new Event("backfile:shown"));
}

// Addresses: `here` of what is shown; `aim` of what was chosen or typed last; `before` of the search behind that which is typed, which
// takes the place of its entry of the history until it is meant.

const desk = by("desk"), isFront = () => document.body.classList.contains("front");
let here = path(location), aim = here, ticked = here, before = null;
let entry = history.state?.entry || 0; // its number among those of this page, by which it has its scrolling
const tops = [];
let asking, typing;

const PATH = new URL(form.action).pathname;
const joined = (query) => PATH + (String(query) && "?" + query);
function asked(given, button) {
  const query = new URLSearchParams();
  new FormData(given, button).forEach((value, name) => { if (value.trim()) query.append(name, value.trim()); });
  return query;
}
function typedAddress() {
  const query = asked(form);
  if (field.value.trim() && !/\s$/.test(field.value)) query.set("unfinished", "1");
  return joined(query);
}
// What a link or a form changes of the address `shown`, which it was made for, changes the aim.
function merged(address, shown = here) {
  const wanted = field.value.trim() === wordsOf(aim) ? aim : typedAddress();
  if (wanted === shown) return address;
  const parts = (of) => String(params(of)).split("&").filter(Boolean), named = (part) => part.split("=")[0];
  const was = parts(shown), now = parts(address), added = now.filter((part) => !was.includes(part));
  const differing = [...was.filter((part) => !now.includes(part)), ...added];
  const replaced = ["page", "cursor", ...differing.map(named).filter((name) => !boxes().some((box) => box.name === name))];
  const kept = parts(wanted).filter((part) => !differing.includes(part) && !replaced.includes(named(part)));
  return joined([...kept, ...added].join("&"));
}
function drop() {
  clearTimeout(typing);
  asking?.abort();
  asking = null;
  if (desk) desk.ariaBusy = null;
}

async function follow(address, how, from) {
  if (!desk) return location.assign(address);
  drop();
  aimAt(address);
  if (field.value.trim() !== wordsOf(aim)) field.value = wordsOf(aim);
  const mine = asking = new AbortController(), query = params(address);
  if (!query.get("unfinished")) query.set("unfinished", "0");
  let answer, text, fault;
  const late = setTimeout(() => { fault = say("The archive did not answer in time."); mine.abort(); }, 10000);
  desk.ariaBusy = true;
  try { // the front page has another head: then all of the page is asked for
    answer = await fetch(isFront() ? address : form.dataset.live + "?" + query, { signal: mine.signal });
    text = await answer.text();
  } catch {
    fault ||= navigator.onLine ? say("The archive cannot be reached.") : say("You are offline.");
  }
  clearTimeout(late);
  if (mine !== asking) return;
  drop();
  if (fault) return trouble(fault, address);
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!answer.ok) {
    return trouble(called(page, ".failure .standfirst") || say("The archive could not answer (status #).").replace("#", answer.status), address);
  }
  if (!page.getElementById("desk")) return location.assign(address);
  remember(address, how);
  show(page, how, from);
}

function trouble(text, address) {
  const line = element("p", { class: "cut-note", id: "trouble", role: "alert" },
    text, " ", say("These are the earlier results."), " ", element("a", { href: address }, say("Try again")));
  by("trouble")?.remove();
  aimAt(here);
  close(); // the list would cover it
  document.querySelector(".desk-head").prepend(line);
  asSaid(false);
}

const replaceEntry = (address) => history.replaceState({ entry }, "", address);
const addEntry = (address) => history.pushState({ entry: ++entry }, "", address);
function settle() {
  if (!before) return;
  replaceEntry(before);
  addEntry(here);
  before = null;
}
function remember(address, how) {
  if (how === "typed") {
    before ||= here;
    replaceEntry(address);
  } else if (how !== "back") {
    if (how === "entered" && before) replaceEntry(before);
    else settle();
    tops[entry] = scrollY;
    if (address !== (before || here)) addEntry(address);
  }
  if (how !== "typed") before = null;
  here = address;
}

const boxes = () => [...all("#desk [type=checkbox]")];
// A ticked box may stand in another list afterwards.
const again = (node) => node?.isConnected === false
  ? boxes().find((box) => box.name === node.name && box.value === node.value) : node;

function show(page, how, from) {
  let focused = document.activeElement;
  const others = from?.closest("#results"), height = from && topOf(from), around = [];
  for (let node = focused; node; node = node.parentElement) around.push(node);
  if (isFront()) makeLike(document.body, page.body);
  else makeLike(desk, page.getElementById("desk"));
  document.title = page.title;
  asSaid(true);
  focused = others ? by("results") : again(focused) || around
    .map((node) => node.isConnected && node.querySelector(":is(a, input):not(.bar, [type=hidden])")).find(Boolean);
  if (focused !== document.activeElement) focused?.focus({ preventScroll: true });
  if (how === "back") {
    if (tops[entry] !== undefined) scrollTo(0, tops[entry]);
  } else if (others) { // a page, a topic of a hit: other results, from the first on
    if (topOf(desk) < 0) desk.scrollIntoView();
    if (topOf(by("results")) > innerHeight) by("results").scrollIntoView(); // below open filters
  } else if (again(from)) scrollBy(0, topOf(again(from)) - height);
}

// The form says what is meant.
function aimAt(address) {
  aim = address;
  all(".search [type=hidden]").forEach((input) => input.remove());
  params(aim).forEach((value, name) => {
    if (["q", "page", "cursor", "unfinished"].includes(name)) return;
    form.append(element("input", { type: "hidden", name, value }));
  });
}

const isSearch = ({ origin, pathname }) => origin + pathname === form.action;
const onDesk = (kind, handle) => { if (desk) addEventListener(kind, handle); };
onDesk("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.shiftKey || changed(event)) return;
  const address = new URL(link.getAttribute("href"), location); // of a bar, `href` is no text
  if (!desk.contains(link) || !isSearch(address) || address.hash) {
    if (path(address) !== path(location)) settle();
    return;
  }
  event.preventDefault();
  follow(merged(path(address)), "chosen", link);
});
onDesk("submit", (event) => {
  const sent = event.target, said = joined(asked(sent, event.submitter));
  if (!isSearch(new URL(sent.action)) || !(sent === form || desk.contains(sent))) return;
  event.preventDefault();
  if (sent === form) {
    close();
    if (matchMedia("(pointer: coarse)").matches) field.blur(); // a phone's keyboard lies over the results
    return follow(said, "entered");
  }
  const boxed = sent.matches(".facets"); // they say all that was ticked since the last answer
  follow(merged(said, boxed ? ticked : here), "chosen", event.submitter || document.activeElement);
  if (boxed) ticked = said;
});
onDesk("change", (event) => { // a box that was ticked need not be sent
  if (event.target.matches("#desk [type=checkbox]")) event.target.form.requestSubmit();
});
onDesk("focusin", ({ target }) => { if (target.name === "find") import("./find.js?" + params(import.meta.url)); });
onDesk("popstate", () => {
  const address = path(location);
  if (address === here) return;
  before = null;
  tops[entry] = scrollY; // still that of what is left
  entry = history.state?.entry || 0;
  if (isSearch(location)) follow(address, "back");
  else location.reload(); // the front page
});

// What may be meant, as one types: a combobox (WAI-ARIA Authoring Practices).

const NAMES = { topic: say("Topic"), provider: say("Provider"), phrase: say("Phrase"), title: say("Article") };
const list = element("ul", { class: "suggestions", id: "suggestions", hidden: "", role: "listbox", "aria-label": say("Suggestions") });
const number = element("p", { class: "unseen", "aria-live": "polite" });
let wanted, timer, items = [], active = -1;
form.append(list, number);
set(field, {
  role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
});

function stop() {
  clearTimeout(timer);
  wanted?.abort();
  wanted = null;
}
const close = () => { stop(); offer([]); };
function marked(item) {
  const text = element("span", { class: "suggestion-text", dir: "auto" }, item.before ? item.before + " " : ""), letters = [...item.text];
  const part = (from, to) => letters.slice(from, to).join("");
  let at = 0;
  item.ranges.forEach(([start, end]) => {
    text.append(part(at, start), element("mark", {}, part(start, end)));
    at = end;
  });
  text.append(part(at));
  return text;
}
function offer(found) {
  mark(-1);
  items = found;
  list.textContent = "";
  // Beside filters the numbers, of all articles, would be of something else.
  const filtered = form.querySelector("[type=hidden]");
  found.forEach((item, at) => {
    let about = NAMES[item.kind];
    if (item.kind !== "title" && !filtered) about += " · " + (item.exact ? "" : say("about") + " ") + item.count.toLocaleString(document.documentElement.lang);
    list.append(element("li", { class: "suggestion", id: "suggestion-" + at, role: "option", "aria-selected": "false" },
      marked(item), " ", element("span", { class: "suggestion-kind" }, about)));
  });
  list.hidden = !found.length;
  number.textContent = !found.length ? "" : found.length === 1 ? say("1 suggestion") : say("# suggestions").replace("#", found.length);
  field.ariaExpanded = !list.hidden;
}
function ask() {
  if (!field.value.trim()) return close();
  stop();
  const mine = wanted = new AbortController();
  fetch(form.dataset.suggest + "?q=" + encodeURIComponent(field.value), { signal: mine.signal })
    .then((answer) => answer.json())
    .then((data) => {
      // Few of them where results stand below.
      if (mine === wanted && document.activeElement === field) offer(data.suggestions.slice(0, desk && !isFront() ? 6 : 10));
    })
    .catch(() => { if (mine === wanted) close(); }); // aborted, or no answer: nothing to say
}
function mark(at) {
  if (active >= 0) list.children[active].ariaSelected = false;
  active = at;
  const option = list.children[at];
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.ariaSelected = true;
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}
function choose(item) {
  close();
  if (item.kind === "title") {
    settle();
    return location.assign(item.url);
  }
  // Within the filters in force: what it stands for takes the place of its words.
  const query = params(item.url);
  asked(form).forEach((value, name) => { if (name !== "q" && !query.getAll(name).includes(value)) query.append(name, value); });
  follow(joined(query), "chosen");
}
function typed(event) {
  if (event.isComposing) return; // letters of a word that is not written yet
  drop(); // an answer to fewer letters is late
  mark(-1); // Enter searches for the text as it is now
  stop();
  timer = setTimeout(ask, 120); // milliseconds without a key
  if (desk) typing = setTimeout(() => { if (typedAddress() !== here) follow(typedAddress(), "typed"); }, 200);
}

field.addEventListener("input", typed);
field.addEventListener("compositionend", typed);
field.addEventListener("blur", close);
field.addEventListener("keydown", (event) => {
  if (changed(event)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], places = items.length + 1; // one is the field's own
  if (step) {
    event.preventDefault();
    if (list.hidden) return ask();
    mark((active + 1 + step + places) % places - 1);
  } else if (event.key === "Enter") {
    if (active < 0) return close();
    event.preventDefault();
    choose(items[active]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault(); // a second one empties the field, as browsers do
    close();
  }
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("li");
  if (option) choose(items[[...list.children].indexOf(option)]);
});
addEventListener("pageshow", close); // come back to, the page is as it was left
