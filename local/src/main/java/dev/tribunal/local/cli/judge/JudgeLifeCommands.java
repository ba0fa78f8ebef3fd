package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformCommand;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with one version of a judge. */
final class JudgeLifeCommands {

    private JudgeLifeCommands() {}

    private abstract static class OnOne extends PlatformCommand {

        @Parameters(paramLabel = "NAME@VERSION", description = "The judge.")
        private String judge = "";

        @Spec
        private CommandSpec spec = CommandSpec.create();

        OnOne(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            VersionedName name;
            try {
                name = VersionedName.parse(judge);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "the judge " + e.getMessage(), e);
            }
            JudgeRegistryApi judges = platform.connect().judges();
            Lookup.judge(judges, judge);
            return act(judges, name);
        }

        abstract int act(JudgeRegistryApi judges, VersionedName name) throws InterruptedException;

        int moved(JudgeResource moved, String what) {
            show(moved, JudgeReports.state(moved) + what);
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "probe", description = "Put a judge to the conformance gate again, and wait for what it says.")
    static final class Probe extends OnOne {

        Probe(Screen screen) {
            super(screen);
        }

        @Override
        int act(JudgeRegistryApi judges, VersionedName name) throws InterruptedException {
            Instant before = judges.get(name.name(), name.version()).probedAt();
            JudgeResource asked = judges.probe(name.name(), name.version());
            JudgeResource decided = JudgeReports.awaitDecision(judges, asked, before);
            show(decided, () -> JudgeReports.decision(decided));
            return JudgeReports.exitCode(decided);
        }
    }

    @Command(name = "drain", description = "Close a judge to new runs; those that pinned it go on asking it.")
    static final class Drain extends OnOne {

        Drain(Screen screen) {
            super(screen);
        }

        @Override
        int act(JudgeRegistryApi judges, VersionedName name) {
            return moved(judges.drain(name.name(), name.version()), ": no new run takes it");
        }
    }

    @Command(name = "retire", description = "Ask a judge no more, for good; what runs still want of it is undecided.")
    static final class Retire extends OnOne {

        Retire(Screen screen) {
            super(screen);
        }

        @Override
        int act(JudgeRegistryApi judges, VersionedName name) {
            return moved(judges.retire(name.name(), name.version()), ": it is asked no more");
        }
    }

    /** The API answers a deletion with nothing. */
    record Deleted(String name, String version, boolean deleted) {}

    @Command(name = "delete", description = "Take a judge off the list, if no run that has not ended refers to it.")
    static final class Delete extends OnOne {

        Delete(Screen screen) {
            super(screen);
        }

        @Override
        int act(JudgeRegistryApi judges, VersionedName name) {
            judges.delete(name.name(), name.version());
            show(new Deleted(name.name(), name.version(), true), name + " is deleted");
            return ExitCode.SUCCESS;
        }
    }
}
