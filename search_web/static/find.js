// Filters the values of a facet as one types: those beside the results at once, all others by asking the facet's own page.
// The results' page loads this when such a field is first focused.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const MAX_SHOWN = 10; // values; the facet's own page has all
let timer, asking;

function filter(field) {
  const list = field.closest(".facet").querySelector("ul"), text = plain(field.value.trim());
  const fits = (item) => plain(item.querySelector("bdi").textContent).includes(text);
  for (const item of list.querySelectorAll("li")) { // one of a tree stands for those below it
    const shown = [item, ...item.querySelectorAll("li")].some(fits);
    if (item.dataset.found && !(text && shown) && !item.querySelector(":checked")) item.remove();
    else item.hidden = !shown;
  }
  field.parentElement.querySelector("[role=status]")?.replaceChildren();
}

async function ask(field) {
  asking = new AbortController();
  try {
    const answer = await fetch(field.form.action + "?" + new URLSearchParams(new FormData(field.form)), { signal: asking.signal });
    if (!answer.ok) return;
    add(field, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* of the values beside the results those that fit are shown; Enter leads to the page of all */ }
}

function add(field, page) {
  const list = field.closest(".facet").querySelector("ul");
  const known = new Set([...list.querySelectorAll("input")].map((box) => box.value));
  for (const item of [...page.querySelectorAll("form.facet fieldset > ul > li")].slice(0, MAX_SHOWN)) {
    if (known.has(item.querySelector("input").value)) continue;
    item.dataset.found = "1";
    list.append(document.importNode(item, true));
  }
  let line = field.parentElement.querySelector("[role=status]");
  if (!line) field.after(line = Object.assign(document.createElement("p"), { role: "status" }));
  const found = page.querySelector("form.facet fieldset")?.dataset.found;
  line.textContent = found ? list.querySelectorAll("li:not([hidden])").length + " / " + found : page.querySelector(".nothing-found").textContent;
}

function typed({ target: field }) {
  if (!field.matches(".facets .find input")) return;
  clearTimeout(timer);
  asking?.abort();
  filter(field);
  if (field.value.trim()) timer = setTimeout(ask, 250, field); // milliseconds without a key
}

addEventListener("input", typed);
typed({ target: document.activeElement }); // what was typed while this was loading
