package dev.tribunal.local.cli.shared;

/** What the process ends with. */
public final class ExitCode {

    public static final int SUCCESS = 0;

    /** The run failed or was cancelled, or the request was refused. */
    public static final int FAILURE = 1;

    public static final int USAGE = 2;

    private ExitCode() {}
}
