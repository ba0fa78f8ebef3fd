package dev.tribunal.local.cli;

/** What the process ends with. */
final class ExitCode {

    static final int SUCCESS = 0;

    /** The run failed or was cancelled, or the request was refused. */
    static final int FAILURE = 1;

    static final int USAGE = 2;

    private ExitCode() {}
}
