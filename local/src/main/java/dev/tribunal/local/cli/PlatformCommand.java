package dev.tribunal.local.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that asks a platform and prints what it answers, as text or as JSON. */
@Command(mixinStandardHelpOptions = true)
abstract class PlatformCommand implements Callable<Integer> {

    final Screen screen;

    @Mixin
    final PlatformOptions platform = new PlatformOptions();

    @Option(names = "--json", description = "Print the answer as JSON, on the last line of standard output.")
    boolean json;

    PlatformCommand(Screen screen) {
        this.screen = screen;
    }

    void show(Object answer, String text) {
        show(answer, () -> List.of(text));
    }

    /** @param text is made only if it is wanted */
    void show(Object answer, Supplier<List<String>> text) {
        if (json) {
            screen.json(answer);
        } else {
            screen.print(text.get());
        }
    }
}
