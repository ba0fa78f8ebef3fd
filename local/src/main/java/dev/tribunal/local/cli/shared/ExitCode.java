package dev.tribunal.local.cli.shared;

/** What the process ends with. */
public final class ExitCode {

    public static final int SUCCESS = 0;

    /** The run failed or was cancelled, or the request was refused. */
    public static final int FAILURE = 1;

    public static final int USAGE = 2;

    /** The run succeeded, but some of its steps changed nothing, or an alarm is raised. */
    public static final int DOUBTFUL = 3;

    private ExitCode() {}
}
