package dev.tribunal.local.cli;

import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.nio.file.Path;

/** Starts a platform on the screen; it stops with this process, whatever ends it. */
final class StartedPlatform {

    private StartedPlatform() {}

    static Platform start(Path folder, int port, boolean warningsOnTerminal, Screen screen)
            throws InterruptedException {
        long started = System.nanoTime();
        Home home = Home.open(folder);
        Platform platform;
        try {
            platform = new Platform(home, port);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            screen.note("Stopping.");
            platform.close();
        }));
        screen.note("Starting Tribunal; its data is in " + platform.home());
        platform.start(
                warningsOnTerminal,
                part -> screen.note(String.format("  %-16s %5.1f s", part, (System.nanoTime() - started) / 1e9)));
        return platform;
    }

    static void describe(Platform platform, Screen screen) {
        screen.note("Tribunal is up.");
        screen.note("  address  " + platform.address().url() + "/  (a browser shows the status page)");
        screen.note("  token    " + platform.address().token());
        screen.note("  logs     " + platform.home().resolve("logs"));
    }
}
