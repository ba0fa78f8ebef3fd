package dev.tribunal.judge.rules.code;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs programs of one language in the sandbox. */
sealed interface Interpreter permits PythonInterpreter, JavaInterpreter {

    Language language();

    /** Decides verdicts, so it is part of the judge's identity. */
    String version();

    /** Files and folders that it reads, beside the system's libraries. */
    List<Path> reads();

    Map<String, String> environment();

    /** Its command in the sandbox, where the runners' folder is {@link Sandbox#RUNNER}. */
    List<String> command(Role role, Limits limits);

    /** Bytes of memory below which its programs fail, whatever they do. */
    long leastMemory();

    /** The most bytes of address space for one process. */
    long addressSpace(Limits limits);
}
