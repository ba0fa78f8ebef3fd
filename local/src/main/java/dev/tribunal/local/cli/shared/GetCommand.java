package dev.tribunal.local.cli.shared;

import dev.tribunal.local.cli.screen.Screen;
import java.util.List;
import picocli.CommandLine.Parameters;

/** {@code get}: all that is known of one version. */
public abstract class GetCommand<T> extends PlatformCommand {

    @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest that can be used.")
    private String name = "";

    protected GetCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        T found = find(platform.connect(), name);
        show(found, () -> lines(found));
        return ExitCode.SUCCESS;
    }

    /** @param name {@code NAME[@VERSION]} */
    protected abstract T find(PlatformClient client, String name);

    protected abstract List<String> lines(T found);
}
