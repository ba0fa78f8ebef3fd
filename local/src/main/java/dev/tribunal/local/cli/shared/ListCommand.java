package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import java.util.List;

/** {@code list}: a table with a line for each version of what has versions. */
public abstract class ListCommand<T> extends PlatformCommand {

    protected ListCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        List<T> all = all(platform.connect());
        show(Page.of(all), () -> table(all).lines());
        return ExitCode.SUCCESS;
    }

    protected abstract List<T> all(PlatformClient client);

    protected abstract TextTable table(List<T> all);
}
