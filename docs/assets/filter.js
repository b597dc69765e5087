// A field above the list of rules that shows only those whose name or sentence has all the words.
(function () {
  "use strict";

  function setUp() {
    const title = document.querySelector("article h1");
    const heads = document.querySelectorAll("article h2");
    if (!title || !title.textContent.trim().startsWith("Rules") || heads.length < 3) {
      return;
    }
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = "Filter: a word of a name or a sentence, such as probe";
    field.setAttribute("aria-label", "Filter the rules");
    field.style.cssText = "width:100%;padding:.5em .75em;font:inherit;color:inherit;background:transparent;" +
      "border:1px solid currentColor;border-radius:.25em";
    const count = document.createElement("p");
    count.setAttribute("aria-live", "polite");
    heads[0].before(field, count);

    field.addEventListener("input", function () {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const head of heads) {
        const list = head.nextElementSibling;
        let here = 0;
        for (const item of list ? list.querySelectorAll("li") : []) {
          const text = item.textContent.toLowerCase();
          const fits = words.every(function (word) { return text.includes(word); });
          item.hidden = !fits;
          here += fits ? 1 : 0;
        }
        head.hidden = here === 0;
        shown += here;
      }
      count.textContent = words.length ? shown + (shown === 1 ? " rule" : " rules") : "";
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", setUp);
  } else {
    setUp();
  }
})();
