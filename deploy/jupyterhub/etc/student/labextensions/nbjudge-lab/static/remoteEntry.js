// The browser's part of nbjudge.lab, in the form that JupyterLab loads: a container of webpack's
// module federation, written by hand, so that no build is needed.
//
//   Validate        saves the notebook, and shows what the server says of its visible tests
//   Submit          saves what is on the screen before nbgrader sends what is on the disk
//   every step      of the Assignment List answers: the server emits an event for each; the answer
//                   of Submit leads to the result, where the hub has a page of results
"use strict";

(() => {
  const SAID = "https://nbjudge.org/said/v1";
  let shared = {};

  // A library of JupyterLab's own: one that was loaded twice would not know the other's objects.
  async function library(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  async function show(title, lines) {
    const { Dialog, showDialog } = await library("@jupyterlab/apputils");
    const { Widget } = await library("@lumino/widgets");
    const body = document.createElement("div");
    const add = (to, tag, textContent = "") => {
      const node = Object.assign(document.createElement(tag), { textContent });
      to.append(node);
      return node;
    };
    for (const { text, items = [], detail } of lines) {
      add(body, "p", text);
      const list = items.length ? add(body, "ul") : null;
      items.forEach(item => add(list, "li", item));
      if (detail) {
        add(body, "pre", detail);
      }
    }
    return showDialog({ title, body: new Widget({ node: body }), buttons: [Dialog.okButton()] });
  }

  async function validate(app, context) {
    const { ServerConnection } = await library("@jupyterlab/services");
    const settings = app.serviceManager.serverSettings;
    await context.save();
    const answer = await ServerConnection.makeRequest(
      `${settings.baseUrl}nbjudge/validate`,
      { method: "POST", body: JSON.stringify({ path: app.serviceManager.contents.localPath(context.path) }) },
      settings
    );
    return answer.ok
      ? (await answer.json()).lines
      : [{ text: `The visible tests could not be run (${answer.status} ${answer.statusText}).` }];
  }

  // Only what was changed: a page of feedback that is open may be older than the file.
  async function saveAll(app) {
    const changed = [...app.shell.widgets("main")]
      .map(widget => widget.context)
      .filter(context => context?.model?.dirty);
    await Promise.all(changed.map(context => context.save()));
    return changed.filter(context => context.model.dirty).map(context => context.path);
  }

  function submitSaved(app) {
    const ready = new WeakSet();
    document.addEventListener(
      "click",
      async event => {
        const button = event.target.closest?.("#fetched_assignments_list .item_status button");
        if (!button || button.textContent !== "Submit" || ready.delete(button)) {
          return;
        }
        event.stopImmediatePropagation();
        const unsaved = await saveAll(app).catch(error => [String(error)]);
        if (unsaved.length) {
          const text = `Nothing was submitted, because this could not be saved: ${unsaved.join(", ")}`;
          await show("Not submitted", [{ text }]);
          return;
        }
        ready.add(button);
        button.click();
      },
      { capture: true }
    );
  }

  function noteOf(app, { kind, submitted }) {
    const commandId = "nbjudge:results";
    if (!submitted || !app.commands.hasCommand(commandId)) {
      return { autoClose: kind === "error" ? false : 10000 };
    }
    const args = { assignment: submitted };
    const action = { label: "See the result", commandId, args, displayType: "accent" };
    return { autoClose: 30000, actions: [action] };
  }

  function activate(app) {
    let running = false;
    const notebook = () => {
      const context = app.shell.currentWidget?.context;
      return context?.path.endsWith(".ipynb") ? context : null;
    };
    app.commands.addCommand("nbjudge:validate", {
      label: () => (running ? "Validating…" : "Validate"),
      caption: "Run the notebook from top to bottom, and see which visible tests pass",
      isEnabled: () => !running && notebook() !== null,
      execute: async () => {
        running = true;
        app.commands.notifyCommandChanged("nbjudge:validate");
        let told;
        try {
          told = await validate(app, notebook());
        } finally {
          running = false;
          app.commands.notifyCommandChanged("nbjudge:validate");
        }
        await show("Validation Results", told);
      }
    });
    app.serviceManager.events.stream.connect((_, event) => {
      if (event.schema_id === SAID) {
        app.commands.execute("apputils:notify", {
          message: event.message,
          type: event.kind,
          options: noteOf(app, event)
        });
      }
    });
    submitSaved(app);
    // nbgrader's second Validate, in the Assignment List, says what the first one says.
    const style = document.createElement("style");
    style.textContent =
      "#fetched_assignments_list .nested_list_item .item_status button { display: none; }";
    document.head.append(style);
  }

  const plugin = { id: "nbjudge-lab:plugin", autoStart: true, activate };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["nbjudge-lab"] = {
    init: scope => {
      shared = scope;
    },
    get: async () => () => ({ __esModule: true, default: plugin })
  };
})();
