package dev.tribunal.judge.sdk;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/** A judge is written and served without the gate that checks it. */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds("dev.tribunal.judge.sdk", "conformance", "junit");
    }

    @Test
    void aJudgeIsServedWithoutTheGate() {
        noClasses()
                .that()
                .resideInAPackage("dev.tribunal.judge.sdk")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.tribunal.judge.sdk.conformance..", "dev.tribunal.judge.sdk.junit..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.judge.sdk"));
    }
}
