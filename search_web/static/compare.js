// What may stand in the fields of a comparison, as one types: the values of the facet that is chosen, or frequent phrases.
// The browser shows them and filters them by what is typed; without this, the fields have those that most articles have.
const form = document.getElementById("sides"), list = document.getElementById("values"), by = form.elements.by;
let wanted, timer;

function offer(found) {
  list.replaceChildren(...found.map((item) => {
    const option = document.createElement("option"), count = item.count.toLocaleString("en");
    option.value = item.value;
    option.textContent = (item.label === item.value ? "" : item.label + " ") + count + (item.count === 1 ? " article" : " articles");
    return option;
  }));
}

async function ask(text) {
  wanted?.abort();
  const mine = wanted = new AbortController(), address = by.selectedOptions[0].dataset.values;
  if (!address || by.value === "query" && !text) return offer([]);
  const asked = by.value === "query" ? { q: text, kind: "phrase" } : { find: text, size: 20 };
  try {
    const answer = await fetch(address + "?" + new URLSearchParams(asked), { signal: mine.signal });
    const data = answer.ok ? await answer.json() : {};
    const phrases = data.suggestions?.map(({ text, count }) => ({ value: text, label: text, count }));
    if (mine === wanted) offer(data.values ?? phrases ?? []);
  } catch { /* another one was sent, or nothing can be reached: the fields take any text */ }
}

form.addEventListener("input", ({ target }) => {
  if (target.list !== list) return;
  clearTimeout(timer);
  timer = setTimeout(ask, 120, target.value.trim()); // milliseconds without a key
});
by.addEventListener("change", () => ask(""));
