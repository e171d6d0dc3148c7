// The page works without this. '/' goes to the search field, which suggests as one types; a wide window has its filters open, so
// that browsers without ::details-content show them too; a picture that failed leaves its letter.
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    var field = document.getElementById("q");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  // Errors of pictures do not bubble; one that failed before this ran is complete and has no size.
  function failed(image) {
    if (image.tagName === "IMG") image.classList.add("failed");
  }
  document.addEventListener("error", function (event) { failed(event.target); }, true);
  document.querySelectorAll(".plate img").forEach(function (image) {
    if (image.complete && !image.naturalWidth) failed(image);
  });

  suggestInto(document.querySelector("form[data-suggest]"));

  // What may be meant, as one types: a combobox with a list (WAI-ARIA Authoring Practices). Down and
  // up go through it, Enter takes what is marked, Escape closes it; without a mark Enter searches.
  function suggestInto(form) {
    var field = form && form.querySelector("#q");
    if (!field || !window.fetch || !window.AbortController) return;
    var NAMES = { topic: "Topic", provider: "Provider", phrase: "Phrase", title: "Article" };
    var WAIT = 120; // milliseconds without a key
    var list = document.createElement("ul");
    var asked = null, timer = 0, items = [], active = -1;
    list.id = "suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    form.appendChild(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");

    function stop() {
      clearTimeout(timer);
      if (asked) asked.abort();
      asked = null;
    }
    function close() {
      stop();
      list.hidden = true;
      list.textContent = "";
      items = [];
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }
    function element(name, className, text) {
      var made = document.createElement(name);
      if (className) made.className = className;
      if (text) made.textContent = text;
      return made;
    }
    function marked(item) {
      var text = element("span", "suggestion-text"), letters = Array.from(item.text), at = 0;
      text.dir = "auto";
      item.ranges.forEach(function (range) {
        text.append(letters.slice(at, range[0]).join(""));
        text.append(element("mark", "", letters.slice(range[0], range[1]).join("")));
        at = range[1];
      });
      text.append(letters.slice(at).join(""));
      return text;
    }
    function show(found) {
      list.textContent = "";
      active = -1;
      field.removeAttribute("aria-activedescendant");
      items = found;
      found.forEach(function (item, number) {
        var option = element("li", "suggestion");
        option.id = "suggestion-" + number;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(marked(item), " ");
        var about = NAMES[item.kind];
        if (item.kind !== "title") about += " · " + (item.exact ? "" : "about ") + item.count.toLocaleString("en");
        option.append(element("span", "suggestion-kind", about));
        list.append(option);
      });
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
    }
    function ask() {
      var text = field.value;
      stop();
      if (!text.trim()) return close();
      asked = new AbortController();
      var mine = asked;
      fetch(form.dataset.suggest + "?q=" + encodeURIComponent(text), { signal: mine.signal })
        .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
        .then(function (data) {
          if (mine !== asked || document.activeElement !== field) return;
          show(data.suggestions);
        })
        .catch(function () { if (mine === asked) close(); }); // aborted, or no answer: nothing to say
    }
    function mark(number) {
      if (active >= 0) list.children[active].setAttribute("aria-selected", "false");
      active = number;
      if (active < 0) {
        field.removeAttribute("aria-activedescendant");
        return;
      }
      var option = list.children[active];
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    }
    function choose(item) {
      close();
      if (item.kind === "phrase") { // within the filters that are in force
        field.value = item.value;
        form.submit();
      } else {
        window.location.assign(item.url);
      }
    }

    field.addEventListener("input", function () {
      stop();
      mark(-1); // what is marked is of the text as it was; Enter searches for what it is now
      timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", function (event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return ask();
        var step = event.key === "ArrowDown" ? 1 : -1, places = items.length + 1; // one is the field's own
        mark((active + 1 + step + places) % places - 1);
      } else if (event.key === "Enter") {
        if (active >= 0) {
          event.preventDefault();
          choose(items[active]);
        } else {
          close();
        }
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault(); // a second one empties the field, as browsers do
        close();
      }
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); }); // the field keeps the focus
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) choose(items[Array.prototype.indexOf.call(list.children, option)]);
    });
    window.addEventListener("pageshow", close); // come back to, the page is as it was left
  }

  var filters = document.getElementById("filters");
  if (filters && window.matchMedia("(min-width: 900px)").matches) filters.open = true;
})();
