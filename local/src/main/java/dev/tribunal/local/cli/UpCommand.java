package dev.tribunal.local.cli;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tribunal up}: the platform in the foreground. */
@Command(
        name = "up",
        description = "Start all services on this machine, in the foreground.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

    private final Screen screen;

    @Option(names = "--port", description = "Port of the gateway on 127.0.0.1; default ${DEFAULT-VALUE}, 0 for any.")
    private int port = 8080;

    @Option(names = "--home", paramLabel = "DIR", description = "Keeps all data; default ~/.tribunal.")
    private Path home = Home.defaultFolder();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    UpCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "--port " + port + " is not between 0 and 65535");
        }
        Platform platform = StartedPlatform.start(home, port, true, screen);
        StartedPlatform.describe(platform, screen);
        screen.note("Ctrl-C stops it.");
        new CountDownLatch(1).await();
        return ExitCode.SUCCESS;
    }
}
