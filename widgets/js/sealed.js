// An excerpt that is coded and handed in before any feedback is shown, as in the entry test and the self-check.
import { CoderView } from "./coderview.js";
import { plural } from "./view.js";

// `om-coder:handed` bubbles from the root with what `finished()` of CoderView returns.
export class SealedCoderView extends CoderView {
  async reveal() {
    const codes = this.model.get("codes");
    const open = this.exercise.coded.filter((unit) => !this.exercise.isAnswered(unit, codes)).length;
    const lacking = open ? `${plural(open, "unit is", "units are")} not fully coded. ` : "";
    if (!(await this.confirm(`${lacking}Once handed in, the answers stay as they are. The key is shown when all excerpts are handed in.`, "Hand in", "Go on coding"))) return;
    this.saveSoon();
    this.saveNow();
    this.root.dispatchEvent(new CustomEvent("om-coder:handed", { bubbles: true, detail: this.finished() }));
  }

  check(unit) {
    this.say(`Unit ${this.exercise.numbers.get(unit.id)} is coded. There is no feedback until all excerpts are handed in.`);
  }

  paintMode() {
    super.paintMode();
    this.root.classList.add("om-sealed");
    this.action("reveal").textContent = "Hand in";
  }
}
