// A card in the launcher that opens the results page in a tab of the browser. JupyterLab cannot
// show that page in a tab of its own: the hub lets no page be framed.
(() => {
  "use strict";
  let shared;

  // JupyterLab's own copy of a package: its tokens are what it knows its services by.
  async function packaged(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  async function extension() {
    const { ILauncher } = await packaged("@jupyterlab/launcher");
    const { PageConfig } = await packaged("@jupyterlab/coreutils");
    const { checkIcon } = await packaged("@jupyterlab/ui-components");
    const command = "nbjudge:results";
    const address = PageConfig.getOption("nbjudgeResults");
    return {
      id: "nbjudge-results:launcher",
      autoStart: true,
      requires: [ILauncher],
      activate: (app, launcher) => {
        if (!address) return;
        app.commands.addCommand(command, {
          label: "Results",
          caption: "What becomes of your submissions, and their feedback, in a new tab",
          icon: checkIcon,
          // With an assignment the page opens the feedback on its newest attempt.
          execute: ({ assignment }) => {
            const newest = assignment ? `#newest=${encodeURIComponent(assignment)}` : "";
            window.open(address + newest, "_blank", "noopener");
          },
        });
        launcher.add({ command, category: "Other", rank: 0 });
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["nbjudge-results"] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const plugin = await extension();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
