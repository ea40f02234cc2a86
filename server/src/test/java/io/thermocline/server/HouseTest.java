package io.thermocline.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;

/** The walls of the house, as docs/architecture.md draws them. */
@AnalyzeClasses(
    packages = "io.thermocline",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class HouseTest {
  private static final String[] TIERS_AND_ABOVE = {
    "io.thermocline.hot..",
    "io.thermocline.cold..",
    "io.thermocline.tiering..",
    "io.thermocline.query..",
    "io.thermocline.gateway..",
    "io.thermocline.client..",
    "io.thermocline.server.."
  };

  private static final String[] WHAT_THE_CLIENTS_VERBS_SHARE = {
    "io.thermocline.client.record..",
    "io.thermocline.client.failure..",
    "io.thermocline.client.wire.."
  };

  /** Libraries that stay behind the module that uses them. */
  private static final List<String> FOREIGN =
      List.of(
          "org.apache.iceberg.",
          "org.apache.parquet.",
          "org.apache.hadoop.",
          "software.amazon.awssdk.",
          "io.minio.",
          "io.grpc.",
          "com.google.protobuf.",
          "org.duckdb.");

  @ArchTest
  static final ArchRule modelAndCodecKnowNobodyAboveThem =
      noClasses()
          .that()
          .resideInAnyPackage("io.thermocline.model..", "io.thermocline.codec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TIERS_AND_ABOVE);

  @ArchTest
  static final ArchRule modelIsJdkOnly =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.model..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "io.thermocline.model..");

  @ArchTest
  static final ArchRule hotKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.hot..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(without("io.thermocline.hot.."));

  @ArchTest
  static final ArchRule coldKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.cold..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(without("io.thermocline.cold.."));

  @ArchTest
  static final ArchRule tieringKnowsThePortsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.tiering..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(without("io.thermocline.tiering.."));

  @ArchTest
  static final ArchRule queryKnowsThePortsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.query..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(without("io.thermocline.query.."));

  @ArchTest
  static final ArchRule theGatewayKnowsNoTierBehindItsPort =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.gateway..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.thermocline.hot..",
              "io.thermocline.cold..",
              "io.thermocline.client..",
              "io.thermocline.server..");

  @ArchTest
  static final ArchRule theClientKnowsTheApiOnly =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(without("io.thermocline.client.."));

  @ArchTest
  static final ArchRule theDomainKnowsNoGrpc =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.thermocline.model..",
              "io.thermocline.codec..",
              "io.thermocline.hot..",
              "io.thermocline.cold..",
              "io.thermocline.tiering..",
              "io.thermocline.query..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.thermocline.proto..");

  @ArchTest
  static final ArchRule whatTheHotTierWorksWithDoesNotKnowIt =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.hot.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.thermocline.hot");

  @ArchTest
  static final ArchRule noTwoPackagesOfTheHotTierKnowEachOther =
      slices().matching("io.thermocline.hot.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule whatTheGatewayWorksWithDoesNotKnowIt =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.gateway.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.thermocline.gateway");

  @ArchTest
  static final ArchRule noTwoPackagesOfTheGatewayKnowEachOther =
      slices().matching("io.thermocline.gateway.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule whatTheClientWorksWithDoesNotKnowIt =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.client.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.thermocline.client");

  @ArchTest
  static final ArchRule noTwoPackagesOfTheClientKnowEachOther =
      slices().matching("io.thermocline.client.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noVerbOfTheClientKnowsAnother =
      slices()
          .matching("io.thermocline.client.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              DescribedPredicate.alwaysTrue(),
              JavaClass.Predicates.resideInAnyPackage(WHAT_THE_CLIENTS_VERBS_SHARE));

  @ArchTest
  static final ArchRule onlyTheWireOfTheClientKnowsGrpc =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.client..")
          .and()
          .resideOutsideOfPackage("io.thermocline.client.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.netty..");

  @ArchTest
  static final ArchRule programsDoNotSeeTheWireOfTheClient =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.server..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.thermocline.client.wire..");

  @ArchTest
  static final ArchRule theServerSeesTheGatewaysFaceOnly =
      noClasses()
          .that()
          .resideInAPackage("io.thermocline.server..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.thermocline.gateway.*..");

  @ArchTest
  static final ArchRule namesSayWhatTheJobIs =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.thermocline.proto..")
          .should()
          .haveNameMatching(".*(Manager|Utils?|Helper|Impl)");

  @ArchTest
  static final ArchRule librariesStayBehindTheirModule =
      members()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat(areAModulesFace())
          .should(notMention(FOREIGN));

  /** What others see: the root package of each module, and of the client what programs use. */
  private static DescribedPredicate<JavaClass> areAModulesFace() {
    List<String> faces =
        List.of(
            "io.thermocline.hot",
            "io.thermocline.cold",
            "io.thermocline.tiering",
            "io.thermocline.query",
            "io.thermocline.gateway",
            "io.thermocline.client",
            "io.thermocline.client.admin",
            "io.thermocline.client.consumer",
            "io.thermocline.client.failure",
            "io.thermocline.client.producer",
            "io.thermocline.client.record");
    return DescribedPredicate.describe(
        "are public in what others see of a module",
        type ->
            faces.contains(type.getPackageName())
                && type.getModifiers().contains(JavaModifier.PUBLIC));
  }

  /** Neither as its type nor as a part of that, a result, a parameter or what it throws. */
  private static ArchCondition<JavaMember> notMention(List<String> prefixes) {
    return new ArchCondition<>("not mention a library's types") {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        Stream.concat(member.getAllInvolvedRawTypes().stream(), thrownBy(member))
            .map(JavaClass::getName)
            .filter(name -> prefixes.stream().anyMatch(name::startsWith))
            .forEach(
                name ->
                    events.add(
                        SimpleConditionEvent.violated(
                            member, member.getFullName() + " mentions " + name)));
      }
    };
  }

  private static Stream<JavaClass> thrownBy(JavaMember member) {
    return member instanceof JavaCodeUnit code ? code.getExceptionTypes().stream() : Stream.of();
  }

  private static String[] without(String own) {
    return Stream.of(TIERS_AND_ABOVE).filter(name -> !name.equals(own)).toArray(String[]::new);
  }
}
