// SPDX-License-Identifier: LGPL-2.1-or-later

// The interfaces as Qt lists them.
#include <QNetworkInterface>
#include <QTextStream>

int
main ()
{
  QTextStream out (stdout);

  for (const QNetworkInterface &interface : QNetworkInterface::allInterfaces ())
    out << interface.index () << ' ' << interface.name () << ' ' << interface.addressEntries ().size () << '\n';
  return 0;
}
