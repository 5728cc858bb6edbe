# What is installed where, and the Debian package:
#   cmake --build build/release --target package      # build/release/pulsegate_0.1.0-1_amd64.deb
#   cmake --install build/release --prefix /usr/local # program and manual page only
# Included by CMakeLists.txt.
include(GNUInstallDirs)

set(PULSEGATE_MAINTAINER "Pulsegate developers <pulsegate@lists.invalid>" CACHE STRING
    "Who answers for the Debian package: `Name <address>`; set it before you hand packages to others")
set(debian_revision 1)

# For every system. The units and the configuration are not: deploy/install and the package place
# them, and neither overwrites a configuration.
install(TARGETS pulsegate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT gateway)
install(FILES deploy/pulsegate.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT gateway)

# For the Debian package alone; absolute where Debian's policy is.
install(FILES gateway.yaml DESTINATION /etc/pulsegate COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES deploy/pulsegate.service deploy/pulsegate.socket
    DESTINATION /lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES README.md deploy/debian/copyright deploy/debian/README.Debian
    DESTINATION /usr/share/doc/pulsegate COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES nginx/pulsegate.conf
    DESTINATION /usr/share/doc/pulsegate/examples COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES deploy/debian/lintian-overrides DESTINATION /usr/share/lintian/overrides
    RENAME pulsegate COMPONENT debian EXCLUDE_FROM_ALL)
# Compressed as Debian's policy wants it: best, and without names and times.
install(CODE [[
    function(compress from to)
        get_filename_component(directory "${to}" DIRECTORY)
        file(MAKE_DIRECTORY "$ENV{DESTDIR}${directory}")
        execute_process(COMMAND gzip -9nc "${from}" OUTPUT_FILE "$ENV{DESTDIR}${to}"
                        COMMAND_ERROR_IS_FATAL ANY)
    endfunction()
]] COMPONENT debian EXCLUDE_FROM_ALL)
install(CODE "
    compress(\"${CMAKE_SOURCE_DIR}/CHANGELOG.md\" /usr/share/doc/pulsegate/changelog.gz)
    compress(\"${CMAKE_SOURCE_DIR}/deploy/debian/changelog\"
             /usr/share/doc/pulsegate/changelog.Debian.gz)
    compress(\"${CMAKE_SOURCE_DIR}/deploy/pulsegate.1\" /usr/share/man/man1/pulsegate.1.gz)
    file(REMOVE \"\$ENV{DESTDIR}/usr/share/man/man1/pulsegate.1\")
" COMPONENT debian EXCLUDE_FROM_ALL)

# Made by the program that was just built.
install(CODE "
    file(MAKE_DIRECTORY \"\$ENV{DESTDIR}/usr/share/bash-completion/completions\")
    execute_process(
        COMMAND \"${CMAKE_BINARY_DIR}/pulsegate\" completion bash
        OUTPUT_FILE \"\$ENV{DESTDIR}/usr/share/bash-completion/completions/pulsegate\"
        COMMAND_ERROR_IS_FATAL ANY)
" COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${CMAKE_BINARY_DIR};${PROJECT_NAME};gateway;/"
    "${CMAKE_BINARY_DIR};${PROJECT_NAME};debian;/")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME pulsegate)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "${PULSEGATE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_RELEASE ${debian_revision})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "nginx | haproxy, prometheus")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway for long-lived WebSocket connections")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Pulsegate stands between the reverse proxies that face the internet and an
application. It keeps quiet WebSocket connections alive, ends dead ones,
checks at start-up that no proxy in front will cut healthy connections, and
tells why each connection ended.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/deploy/debian/conffiles
    ${CMAKE_SOURCE_DIR}/deploy/debian/postinst
    ${CMAKE_SOURCE_DIR}/deploy/debian/prerm
    ${CMAKE_SOURCE_DIR}/deploy/debian/postrm)
include(CPack)
