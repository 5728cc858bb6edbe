// The two dialogs: entering the token, and confirming what cannot be undone. Both are the browser's
// own modal <dialog>: focus stays inside, Escape leaves, and focus returns to where it was.

import { byId, setText } from "./dom.js";

function showProblem(dialog, text) {
    const place = dialog.querySelector(".problem");
    setText(place, text);
    place.hidden = text === "";
}

/** Runs `work` while the dialog's buttons wait; closes on success, else says what went wrong. */
async function attempt(dialog, work) {
    const buttons = [...dialog.querySelectorAll("button")];
    showProblem(dialog, "");
    buttons.forEach((button) => (button.disabled = true));
    try {
        await work();
        dialog.close("done");
    } catch (refusal) {
        showProblem(dialog, refusal.text ?? String(refusal));
    } finally {
        buttons.forEach((button) => (button.disabled = false));
    }
}

/**
 * Asks for the token; resolves to whether one was taken.
 * reason: why it is needed, one sentence. tryToken(value): rejects with a Refusal if it is wrong.
 */
export function askForToken(reason, tryToken) {
    const dialog = byId("token-dialog");
    if (dialog.open) return Promise.resolve(false);
    const form = dialog.querySelector("form");
    const field = byId("token-field");
    setText(byId("token-reason"), reason);
    showProblem(dialog, "");
    field.value = "";
    form.onsubmit = (event) => {
        event.preventDefault();
        if (field.value.trim() !== "") attempt(dialog, () => tryToken(field.value.trim()));
    };
    return opened(dialog).then((result) => {
        field.value = "";
        return result;
    });
}

/**
 * Asks before something is done. `work` does it, and rejects with a Refusal if it fails.
 * Resolves to whether it was done.
 */
export function confirm({ title, text, action }, work) {
    const dialog = byId("confirm-dialog");
    setText(byId("confirm-title"), title);
    setText(byId("confirm-text"), text);
    setText(byId("confirm-action"), action);
    showProblem(dialog, "");
    dialog.querySelector("form").onsubmit = (event) => {
        event.preventDefault();
        attempt(dialog, work);
    };
    return opened(dialog);
}

function opened(dialog) {
    dialog.returnValue = "";
    dialog.querySelector(".cancel").onclick = () => dialog.close("");
    return new Promise((resolve) => {
        const onClose = () => {
            if (dialog.open) return; // this tells late of an earlier end: it has been opened again
            dialog.removeEventListener("close", onClose);
            resolve(dialog.returnValue === "done");
        };
        dialog.addEventListener("close", onClose);
        dialog.showModal();
    });
}
