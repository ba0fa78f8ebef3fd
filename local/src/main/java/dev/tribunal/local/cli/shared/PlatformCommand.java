package dev.tribunal.local.cli.shared;

import dev.tribunal.local.cli.screen.Screen;
import picocli.CommandLine.Mixin;

/** A command that asks a platform. */
public abstract class PlatformCommand extends ReportCommand {

    @Mixin
    public final PlatformOptions platform = new PlatformOptions();

    public PlatformCommand(Screen screen) {
        super(screen);
    }
}
