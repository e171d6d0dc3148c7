// The page works without this. '/' goes to the search field; a wide window has its filters open, so
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

  var filters = document.getElementById("filters");
  if (filters && window.matchMedia("(min-width: 900px)").matches) filters.open = true;
})();
