// The page works without this; see "The pages" in docs/architecture.md.
const by = (id) => document.getElementById(id), all = (selector) => document.querySelectorAll(selector);
const field = by("q"), form = field.form;
// English, or what the page brings.
const texts = JSON.parse(document.body.dataset.texts ?? "{}"), say = (text) => texts[text] ?? text;
const changed = (event) => event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229;

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || changed(event) || event.target.closest("input, select")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Errors of pictures do not bubble; one that failed before has no size.
const failed = (image) => { if (image.tagName === "IMG") image.classList.add("failed"); };
document.addEventListener("error", (event) => failed(event.target), true);
all(".plate img").forEach((image) => { if (image.complete && !image.naturalWidth) failed(image); });

const set = (node, given) => { for (const name in given) node.setAttribute(name, given[name]); };
const element = (name, className = "", textContent = "") => Object.assign(document.createElement(name), { className, textContent });

// One tree is made like another; elements of both stay: an item by what it names, all else by its place.

const called = (node, selector) => node.querySelector(selector)?.textContent.trim();
function nameOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return String(node.nodeType);
  const own = node.id || node.dataset.key, kind = node.localName, given = (name) => node.getAttribute(name);
  if (own) return "#" + own;
  return kind + " " + (kind === "li"
    ? node.querySelector("h3 a")?.getAttribute("href") || called(node, "bdi, .value-label, .chip-label") || node.textContent.trim()
    : kind === "a" && called(node, "title")?.split(":")[0] // a bar, by its period
    || given("aria-label") || given("aria-labelledby") || given("name") || "");
}

function attributesLike(old, fresh) {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
}

function makeLike(old, fresh) {
  if (old === form || old.isEqualNode(fresh)) return; // the field is the reader's
  if (old.nodeType !== Node.ELEMENT_NODE) return void (old.data = fresh.data);
  const sameImage = old.localName === "img" && old.getAttribute("src") === fresh.getAttribute("src");
  if (!sameImage) attributesLike(old, fresh); // else it may have failed
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
  all("#desk input[name]").forEach((input) => {
    input.checked = input.defaultChecked;
    if (written && input !== document.activeElement) input.value = input.defaultValue;
  });
  document.dispatchEvent(new CustomEvent("backfile:shown"));
}

// `here` is the address of what is shown; what is typed takes the place of its entry of the history, once it was meant it has one
// behind that of the search before, which is `before`.

const live = Boolean(by("desk")), isFront = () => document.body.classList.contains("front");
let here = location.pathname + location.search, before = null;
let entry = history.state?.entry || 0; // its number among those of this page, by which it has its scrolling
const tops = [];
let asking, typing;

const PATH = new URL(form.action).pathname;
const joined = (query) => PATH + (String(query) && "?" + query);
function asked(given, button) {
  const query = new URLSearchParams();
  new FormData(given, button).forEach((value, name) => { if (value.trim()) query.append(name, value.trim()); });
  if (given === form) query.delete("unfinished"); // of the words as they were
  return query;
}
function typedAddress() {
  const query = asked(form);
  if (field.value.trim() && !/\s$/.test(field.value)) query.set("unfinished", "1");
  return joined(query);
}
function drop() {
  clearTimeout(typing);
  asking?.abort();
  asking = null;
  if (live) by("desk").removeAttribute("aria-busy");
}

async function follow(address, how, from) {
  if (!live) return location.assign(address);
  drop();
  const mine = asking = new AbortController(), query = new URL(address, location).searchParams;
  if (!query.get("unfinished")) query.set("unfinished", "0");
  let answer, text, fault;
  const late = setTimeout(() => { fault = say("The archive did not answer in time."); mine.abort(); }, 10000);
  by("desk").setAttribute("aria-busy", "true");
  try { // the front page has another head: then all of the page is asked for
    answer = await fetch(isFront() ? address : form.dataset.live + "?" + query, { signal: mine.signal });
    text = await answer.text();
  } catch {
    fault = fault || (navigator.onLine ? say("The archive cannot be reached.") : say("You are offline."));
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
  const line = element("p", "cut-note", text + " " + say("These are the earlier results.") + " "), retry = element("a", "", say("Try again"));
  retry.href = address;
  set(line, { id: "trouble", role: "alert" });
  line.append(retry);
  by("trouble")?.remove();
  close(); // the list would cover it
  document.querySelector(".desk-head").prepend(line);
  asSaid(false);
}

function settle() {
  if (!before) return;
  history.replaceState({ entry }, "", before);
  history.pushState({ entry: ++entry }, "", here);
  before = null;
}
function remember(address, how) {
  if (how === "typed") {
    before = before || here;
    history.replaceState({ entry }, "", address);
  } else if (how !== "back") {
    if (how === "entered" && before) history.replaceState({ entry }, "", before);
    else settle();
    tops[entry] = scrollY;
    if (address !== (before || here)) history.pushState({ entry: ++entry }, "", address);
  }
  if (how !== "typed") before = null;
  here = address;
}

// A ticked box may stand in another list afterwards.
const again = (node) => !node || node.isConnected ? node
  : [...all("#desk [type=checkbox]")].find((input) => input.name === node.name && input.value === node.value);

function show(page, how, from) {
  let focused = document.activeElement;
  const others = from?.closest("#results, #reading"), top = from?.getBoundingClientRect().top, around = [];
  for (let node = focused; node; node = node.parentElement) around.push(node);
  if (isFront()) makeLike(document.body, page.body);
  else for (const id of ["reading", "desk"]) makeLike(by(id), page.getElementById(id));
  document.title = page.title;
  asSaid(true);
  beside();
  if (how === "chosen" || how === "back") field.value = new URL(here, location).searchParams.get("q") || "";
  focused = others ? by("results") : again(focused) || around
    .map((node) => node.isConnected && node.querySelector(":is(a, input):not(.bar, [type=hidden])")).find(Boolean);
  if (focused !== document.activeElement) focused?.focus({ preventScroll: true });
  if (how === "back") {
    if (tops[entry] !== undefined) scrollTo(0, tops[entry]);
  } else if (others) { // a page, a topic of a hit: other results, from the first on
    if (by("desk").getBoundingClientRect().top < 0) by("desk").scrollIntoView();
    if (by("results").getBoundingClientRect().top > innerHeight) by("results").scrollIntoView(); // below open filters
  } else if (again(from)) scrollBy(0, again(from).getBoundingClientRect().top - top);
}

// What stands outside of the results and is of the same search.
function beside() {
  const query = new URL(here, location).searchParams;
  all(".search [type=hidden]").forEach((input) => input.remove());
  query.forEach((value, name) => {
    if (["q", "page", "cursor", "unfinished"].includes(name)) return;
    form.append(Object.assign(element("input"), { type: "hidden", name, value }));
  });
  all('[type="application/json"]').forEach((link) => {
    link.href = link.getAttribute("href").split("?")[0] + here.slice(PATH.length);
  });
}

const within = (node) => node.closest("#desk, #reading");
const isSearch = (address) => address.origin === location.origin && address.pathname === PATH;
if (live) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.shiftKey || changed(event)) return;
    const address = new URL(link.getAttribute("href"), location);
    if (!within(link) || !isSearch(address) || address.hash) {
      if (address.pathname + address.search !== location.pathname + location.search) settle();
      return;
    }
    event.preventDefault();
    follow(address.pathname + address.search, "chosen", link);
  });
  document.addEventListener("submit", (event) => {
    const sent = event.target, entered = sent === form;
    if (!isSearch(new URL(sent.action)) || !(entered || within(sent))) return;
    event.preventDefault();
    if (entered) close();
    if (entered && matchMedia("(pointer: coarse)").matches) field.blur(); // a phone's keyboard lies over the results
    follow(joined(asked(sent, event.submitter)), entered ? "entered" : "chosen", entered ? null : event.submitter || document.activeElement);
  });
  document.addEventListener("change", (event) => { // a box that was ticked need not be sent
    if (event.target.matches("#desk form [type=checkbox]")) event.target.form.requestSubmit();
  });
  addEventListener("popstate", () => {
    const address = location.pathname + location.search;
    if (address === here) return;
    before = null;
    tops[entry] = scrollY; // still that of what is left
    entry = history.state?.entry || 0;
    if (isSearch(location)) follow(address, "back");
    else location.reload(); // the front page
  });
}

// What may be meant, as one types: a combobox (WAI-ARIA Authoring Practices).

const NAMES = { topic: say("Topic"), provider: say("Provider"), phrase: say("Phrase"), title: say("Article") };
const list = element("ul", "suggestions"), number = element("p", "unseen");
let wanted, timer, items = [], active = -1;
set(list, { id: "suggestions", hidden: "", role: "listbox", "aria-label": say("Suggestions") });
set(number, { "aria-live": "polite" });
form.append(list, number);
set(field, {
  role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": list.id, "aria-expanded": "false",
});

function stop() {
  clearTimeout(timer);
  wanted?.abort();
  wanted = null;
}
function close() {
  stop();
  offer([]);
}
function marked(item) {
  const text = element("span", "suggestion-text"), letters = Array.from(item.text);
  let at = 0;
  text.dir = "auto";
  if (item.before) text.append(item.before + " ");
  item.ranges.forEach(([start, end]) => {
    text.append(letters.slice(at, start).join(""), element("mark", "", letters.slice(start, end).join("")));
    at = end;
  });
  text.append(letters.slice(at).join(""));
  return text;
}
function offer(found) {
  mark(-1);
  items = found;
  list.textContent = "";
  // Beside filters the numbers, of all articles, would be of something else.
  const filtered = form.querySelector("[type=hidden]");
  found.forEach((item, at) => {
    const option = element("li", "suggestion");
    set(option, { id: "suggestion-" + at, role: "option", "aria-selected": "false" });
    let about = NAMES[item.kind];
    if (item.kind !== "title" && !filtered) about += " · " + (item.exact ? "" : say("about") + " ") + item.count.toLocaleString(document.documentElement.lang);
    option.append(marked(item), " ", element("span", "suggestion-kind", about));
    list.append(option);
  });
  list.hidden = !found.length;
  number.textContent = !found.length ? "" : found.length === 1 ? say("1 suggestion") : say("# suggestions").replace("#", found.length);
  field.setAttribute("aria-expanded", String(!list.hidden));
}
function ask() {
  const text = field.value;
  if (!text.trim()) return close();
  stop();
  const mine = wanted = new AbortController();
  fetch(form.dataset.suggest + "?q=" + encodeURIComponent(text), { signal: mine.signal })
    .then((answer) => answer.ok ? answer.json() : { suggestions: [] })
    .then((data) => {
      // Few of them where results stand below.
      if (mine === wanted && document.activeElement === field) offer(data.suggestions.slice(0, live && !isFront() ? 6 : 10));
    })
    .catch(() => { if (mine === wanted) close(); }); // aborted, or no answer: nothing to say
}
function mark(at) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = at;
  const option = list.children[at];
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
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
  const query = new URL(item.url, location).searchParams;
  asked(form).forEach((value, name) => { if (name !== "q" && !query.getAll(name).includes(value)) query.append(name, value); });
  follow(joined(query), "chosen");
}
function typed(event) {
  if (event.isComposing) return; // letters of a word that is not written yet
  drop(); // an answer to fewer letters is late
  mark(-1); // Enter searches for the text as it is now
  stop();
  timer = setTimeout(ask, 120); // milliseconds without a key
  if (live) typing = setTimeout(() => { if (typedAddress() !== here) follow(typedAddress(), "typed"); }, 200);
}

field.addEventListener("input", typed);
field.addEventListener("compositionend", typed);
field.addEventListener("blur", close);
field.addEventListener("keydown", (event) => {
  if (changed(event)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) return ask();
    const step = event.key === "ArrowDown" ? 1 : -1, places = items.length + 1; // one is the field's own
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
  const option = event.target.closest("[role=option]");
  if (option) choose(items[[...list.children].indexOf(option)]);
});
addEventListener("pageshow", close); // come back to, the page is as it was left
