package dev.tribunal.servicekit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/** The packages stand in the order in which things flow. */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.servicekit",
                "digest",
                "json",
                "error",
                "page",
                "input",
                "caller",
                "trace",
                "http",
                "files",
                "work",
                "outbound",
                "protocols",
                "openapi");
    }

    @Test
    void noContractKnowsALaterOne() {
        PackageOrder.holds("dev.tribunal.contracts", "common", "input", "access", "chat", "judge", "reward", "runs");
    }

    /** It serves judges, reward models and runs alike. */
    @Test
    void noOtherPackageKnowsWhatAJudgeOrARunIs() {
        noClasses()
                .that()
                .resideInAPackage("dev.tribunal.servicekit..")
                .and()
                .resideOutsideOfPackage("dev.tribunal.servicekit.openapi..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.tribunal.contracts.access..",
                        "dev.tribunal.contracts.judge..",
                        "dev.tribunal.contracts.reward..",
                        "dev.tribunal.contracts.runs..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.servicekit"));
    }
}
