package dev.tribunal.judge;

import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/** The packages stand in the order in which things flow. */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.judge",
                "sdk",
                "rules",
                "fanout",
                "openai",
                "llm",
                "reward",
                "protocols.grader",
                "protocols",
                "registration",
                "builtin",
                "registry",
                "kubernetes");
    }
}
