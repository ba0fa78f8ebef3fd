package dev.tribunal.local.cli.run.rejudgement;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run rejudgements}: what was judged again. */
@Command(
        name = "rejudgements",
        description = "List the rejudgements of a run; with an id, show one, its samples, or end it.")
public final class RunRejudgementsCommand extends RunPartCommand {

    private static final int PAGE = 100;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "A rejudgement.")
    private @Nullable String id;

    @ArgGroup
    private What what = new What();

    @Option(names = "--limit", description = "At most so many samples; default ${DEFAULT-VALUE}.")
    private int limit = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    static final class What {

        @Option(
                names = "--samples",
                paramLabel = "CHANGED",
                description =
                        "Show the completions of which this is another one now: verdict, feasible, reward or weight;"
                                + " with --json one object a line.")
        private @Nullable String samples;

        @Option(names = "--cancel", description = "End it; what is judged so far stays.")
        private boolean cancel;

        @Option(names = "--delete", description = "Delete it.")
        private boolean delete;
    }

    public RunRejudgementsCommand(Screen screen) {
        super(screen);
    }

    /** What {@code --delete} prints as JSON. */
    record Deleted(String id, boolean deleted) {}

    @Override
    public Integer call() {
        PlatformClient client = platform.connect();
        RejudgementsApi api = client.rejudgements();
        String run = run(client.runs()).id();
        if (id == null) {
            if (what.samples != null || what.cancel || what.delete) {
                throw new ParameterException(spec.commandLine(), "name the rejudgement's id, too");
            }
            Page<RejudgementResource> all = api.list(run);
            show(all, () -> RejudgementReports.table(all.data()).lines());
        } else if (what.samples != null) {
            showSamples(api, run, id, what.samples);
        } else if (what.delete) {
            api.delete(run, id);
            show(new Deleted(id, true), id + " is deleted");
        } else {
            RejudgementResource found = what.cancel ? api.cancel(run, id) : api.get(run, id);
            show(found, () -> RejudgementReports.whole(found));
        }
        return ExitCode.SUCCESS;
    }

    private void showSamples(RejudgementsApi api, String run, String rejudgement, String changed) {
        int shown = 0;
        String cursor = null;
        do {
            Page<RejudgedSample> page =
                    api.samples(run, rejudgement, changed, null, cursor, Math.min(PAGE, limit - shown));
            page.data().forEach(sample -> show(sample, () -> RejudgementReports.sample(sample)));
            shown += page.data().size();
            cursor = page.nextCursor();
        } while (cursor != null && shown < limit);
        if (!json) {
            out().print(
                            shown == 0
                                    ? "(none is another one)"
                                    : cursor == null ? "(these are all)" : "(there are more; raise --limit)");
        }
    }
}
