package dev.tribunal.local;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.tribunal.local", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.local", "prompts", "watch", "export", "chart", "generate", "platform", "bench", "cli");
        PackageOrder.holds(
                "dev.tribunal.local.cli",
                "screen",
                "shared",
                "model",
                "run.export",
                "run.rejudgement",
                "run",
                "judge",
                "rewardmodel",
                "method",
                "token",
                "bench",
                "compare",
                "demo");
    }

    /**
     * The command line is a client as any other: it knows the services by their contracts only. The kit by which a
     * judge's owners check it is not a service: {@code judge test} runs it. Neither is the trial of a method, which needs
     * nothing but its groups: {@code method try} computes it without a platform. Nor is a strategy, which {@code generate}
     * gives a model of its own.
     */
    @ArchTest
    static final ArchRule THE_COMMAND_LINE_KNOWS_NO_SERVICE = noClasses()
            .that()
            .resideInAnyPackage("dev.tribunal.local.cli..", "dev.tribunal.local.watch")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "dev.tribunal.judge..",
                            "dev.tribunal.reward..",
                            "dev.tribunal.trainer..",
                            "dev.tribunal.gateway..")
                    .and(resideOutsideOfPackage("dev.tribunal.judge.sdk.."))
                    .and(resideOutsideOfPackage("dev.tribunal.trainer.method"))
                    .and(resideOutsideOfPackage("dev.tribunal.trainer.strategy")));
}
