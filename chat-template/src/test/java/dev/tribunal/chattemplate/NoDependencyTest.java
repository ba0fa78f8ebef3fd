package dev.tribunal.chattemplate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** Templates are rendered without anything else. */
class NoDependencyTest {

    @Test
    void onlyJavaIsKnown() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.tribunal.chattemplate..", "java..", "org.jspecify.annotations..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.chattemplate"));
    }
}
