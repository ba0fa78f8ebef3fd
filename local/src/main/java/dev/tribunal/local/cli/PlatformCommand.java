package dev.tribunal.local.cli;

import picocli.CommandLine.Mixin;

/** A command that asks a platform. */
abstract class PlatformCommand extends ReportCommand {

    @Mixin
    final PlatformOptions platform = new PlatformOptions();

    PlatformCommand(Screen screen) {
        super(screen);
    }
}
