package example;

import dev.tribunal.judge.sdk.junit.ConformanceTests;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the registry will ask of the judge. */
class NoProfanityJudgeTest {

    @TestFactory
    List<DynamicTest> passesTheGate() {
        return ConformanceTests.of(new NoProfanityJudge(), Path.of("registration.json"));
    }
}
