package dev.tribunal.local.cli.shared;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Starts a platform on the screen; it stops with this process, whatever ends it. */
public final class StartedPlatform {

    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final String JUDGES = "judges";

    private static volatile boolean stopping;

    private StartedPlatform() {}

    /** Whether the process is ending on request: nothing that fails now is reported. */
    public static boolean stopping() {
        return stopping;
    }

    public static Platform start(Path folder, int port, boolean warningsOnTerminal, Screen screen)
            throws InterruptedException {
        long started = System.nanoTime();
        sweep();
        Home home = Home.open(folder);
        Platform platform;
        try {
            platform = Platform.complete(home, port);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!platform.closed()) {
                stopping = true;
                screen.note("Stopping.");
                platform.close();
            }
        }));
        screen.note("Starting Tribunal; its data is in " + platform.home());
        platform.start(
                warningsOnTerminal,
                part -> screen.note(String.format("  %-16s %5.1f s", part, (System.nanoTime() - started) / 1e9)));
        return platform;
    }

    /** What commands left that were killed. */
    private static void sweep() {
        OwnedFolder.sweep(TEMPORARY, JUDGES, Platform::stopLeftover);
        OwnedFolder.sweep(TEMPORARY, InputFile.PURPOSE, left -> {});
    }

    /** Starts the judges alone, on a home that goes with the process. */
    public static Address judgesOnly() throws InterruptedException {
        sweep();
        OwnedFolder folder;
        try {
            folder = OwnedFolder.create(TEMPORARY, JUDGES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Platform platform = Platform.judgesOnly(Home.open(folder.path()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            platform.close();
            folder.close();
        }));
        platform.start(false, part -> {});
        return platform.address();
    }

    public static void describe(Platform platform, Screen screen) {
        screen.note("Tribunal is up.");
        screen.note("  address  " + platform.address().url() + "/  (a browser shows the status page)");
        screen.note("  token    " + platform.address().token());
        screen.note("  logs     " + platform.home().resolve("logs"));
    }
}
