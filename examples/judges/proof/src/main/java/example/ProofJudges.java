package example;

import dev.tribunal.judge.sdk.JudgeServer;

/** Serves both judges on this machine: {@link GoodReplyJudge} on port 8092, {@link ErringJudge} on port 8093. */
public final class ProofJudges {

    private ProofJudges() {}

    public static void main(String[] arguments) {
        JudgeServer.start(new GoodReplyJudge(), "--server.address=127.0.0.1", "--server.port=8092");
        JudgeServer.start(new ErringJudge(), "--server.address=127.0.0.1", "--server.port=8093");
    }
}
