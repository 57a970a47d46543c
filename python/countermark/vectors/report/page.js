"use strict";
const find = document.getElementById("find");
const kind = document.getElementById("kind");
const shown = document.getElementById("shown");
const records = [...document.querySelectorAll(".records > li")];
const texts = records.map((record) => `${record.dataset.subject} ${record.textContent}`.toLowerCase());
const branches = [...document.querySelectorAll(".subject, .group")].reverse();
const opened = new Map(branches.map((branch) => [branch, branch.open]));

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = kind.value;
  let count = 0;
  records.forEach((record, index) => {
    const fits = (wanted === "all" || record.dataset.kind === wanted)
      && words.every((word) => texts[index].includes(word));
    record.hidden = !fits;
    count += fits;
  });
  const filtering = words.length > 0 || wanted !== "all";
  for (const branch of branches) {
    const some = branch.querySelector(".records > li:not([hidden])") !== null;
    branch.hidden = !some;
    branch.open = filtering ? some : opened.get(branch);
  }
  shown.textContent = `${count} of ${records.length} records shown`;
}

find.addEventListener("input", filter);
kind.addEventListener("change", filter);
document.querySelector(".filter").hidden = false;
filter();
